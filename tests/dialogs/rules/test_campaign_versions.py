"""The versions of a campaign on file, and which of them counts for whom."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from dialogs.rules.campaign import CAMPAIGNS, CampaignError, load_campaign
from dialogs.rules.campaign_versions import Campaigns, campaigns_of, load_campaigns

ID = "tochigi-2023-02"
TEXT = (CAMPAIGNS / f"{ID}.toml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Row:
    campaign: str
    campaign_version: int


def write(folder: Path, name: str, version: int, text: str = TEXT) -> None:
    (folder / name).write_text(text.replace("version = 2 ", f"version = {version} "), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Versions 2, 3 and 5 of the campaign; 5 is the newest."""
    for name, version in ((f"{ID}.toml", 5), (f"{ID}.v2.toml", 2), (f"{ID}.v3.toml", 3)):
        write(tmp_path, name, version)
    return tmp_path


def test_every_version_on_file_is_found(folder: Path) -> None:
    assert {2, 3, 5} == set(campaigns_of(ID, folder))


def test_the_newest_is_what_a_campaign_is_by_its_id(folder: Path) -> None:
    campaigns = load_campaigns([ID], folder)

    assert 5 == campaigns[ID].version
    assert [ID] == list(campaigns)


@pytest.mark.parametrize(("began", "counts"), [(1, 2), (2, 2), (3, 3), (4, 5), (5, 5), (9, 5)])
def test_what_began_under_a_version_keeps_it_or_takes_the_one_that_followed(
    folder: Path, began: int, counts: int
) -> None:
    assert counts == load_campaigns([ID], folder).seen_by(Row(ID, began)).version


def test_a_campaign_that_is_not_served_is_not_guessed(folder: Path) -> None:
    with pytest.raises(KeyError):
        load_campaigns([ID], folder).seen_by(Row("gunma-2023-02", 1))


def test_a_prefecture_finds_the_campaign_beside_that_covers_it() -> None:
    campaigns = Campaigns(load_campaign(name) for name in (ID, "iwate-2023-02", "minato-pay-2026-07"))

    assert {"03": "iwate-2023-02", "14": "minato-pay-2026-07"} == campaigns.beside(campaigns[ID])
    assert {} == Campaigns([load_campaign(ID)]).beside(campaigns[ID])


def test_an_old_versions_file_has_to_say_that_version(folder: Path) -> None:
    write(folder, f"{ID}.v4.toml", 3)

    with pytest.raises(CampaignError, match=r"version: .*v4\.toml says 3"):
        campaigns_of(ID, folder)


def test_no_old_version_is_newer_than_the_newest(folder: Path) -> None:
    write(folder, f"{ID}.v6.toml", 6)

    with pytest.raises(CampaignError, match=r"version: .* not older than the newest, which is 5"):
        campaigns_of(ID, folder)


def test_a_file_has_to_carry_the_id_of_its_name(folder: Path) -> None:
    write(folder, f"{ID}.v4.toml", 4, TEXT.replace(f'id = "{ID}"', 'id = "gunma-2023-02"'))

    with pytest.raises(CampaignError, match=r"id: .* says gunma-2023-02"):
        campaigns_of(ID, folder)
