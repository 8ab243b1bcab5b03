"""Campaigns as people met them: the newest version of each, and the older ones that conversations and claims keep.

`dialogs/campaigns/<id>.toml` is the newest version; the ones before it stay beside it as `<id>.v<version>.toml`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from dialogs.rules.campaign import CAMPAIGNS, Campaign, load_campaign
from dialogs.rules.toml_data import CampaignError


class Seen(Protocol):
    """Whatever remembers the campaign it began under: a conversation, an application."""

    @property
    def campaign(self) -> str: ...
    @property
    def campaign_version(self) -> int: ...


class Campaigns(Mapping[str, Campaign]):
    """The newest version of each campaign by its id; `seen_by` gives the one that somebody saw."""

    def __init__(self, campaigns: Iterable[Campaign]) -> None:
        """In any order, each id and version once."""
        self._versions: dict[str, dict[int, Campaign]] = {}
        for campaign in campaigns:
            self._versions.setdefault(campaign.id, {})[campaign.version] = campaign

    def __getitem__(self, campaign_id: str) -> Campaign:
        versions = self._versions[campaign_id]
        return versions[max(versions)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)

    def seen_by(self, one: Seen) -> Campaign:
        """The version under which it began; if its file is gone, the next one that followed, else the newest.

        Raises KeyError for a campaign that is not among these.
        """
        versions = self._versions[one.campaign]
        return versions[min((known for known in versions if known >= one.campaign_version), default=max(versions))]

    def beside(self, one: Campaign) -> Mapping[str, str]:
        """The ids of the other campaigns by the prefectures (JIS codes) that they cover; the first of several."""
        others = [campaign for campaign in self.values() if campaign.id != one.id]
        return {part.code: campaign.id for campaign in reversed(others) for part in campaign.prefectures}


def campaigns_of(campaign_id: str, folder: Path = CAMPAIGNS) -> Mapping[int, Campaign]:
    """Every version of a campaign that is on file, by its number. Raises CampaignError.

    The file's name has to agree with the id and the version in it, and the newest has to be in `<id>.toml`.
    """
    newest = folder / f"{campaign_id}.toml"
    found: dict[int, Campaign] = {}
    for file in [newest, *sorted(folder.glob(f"{campaign_id}.v*.toml"))]:
        campaign = load_campaign(file)
        if campaign.id != campaign_id:
            raise CampaignError("id", f"{file.name} says {campaign.id}; it has to be {campaign_id}")
        if file != newest:
            _check_version(file, campaign, newest=max(found))
        found[campaign.version] = campaign
    return found


def load_campaigns(ids: Iterable[str], folder: Path = CAMPAIGNS) -> Campaigns:
    """These campaigns in all their versions. Raises CampaignError."""
    return Campaigns(campaign for campaign_id in ids for campaign in campaigns_of(campaign_id, folder).values())


def _check_version(file: Path, campaign: Campaign, *, newest: int) -> None:
    named = re.fullmatch(r".*\.v([1-9]\d*)\.toml", file.name)
    if not named or int(named[1]) != campaign.version:
        raise CampaignError("version", f"{file.name} says {campaign.version}; an old version's file is <id>.v<version>")
    if campaign.version >= newest:
        raise CampaignError("version", f"{file.name} is not older than the newest, which is {newest}")
