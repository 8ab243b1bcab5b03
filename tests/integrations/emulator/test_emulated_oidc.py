"""The emulated provider of OpenID Connect refuses what a real one refuses."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx
import jwt
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from integrations.emulator.fixture import Emulator

VERIFIER = "v" * 43


def asked(emulator: Emulator, **other: str) -> dict[str, str]:
    """A request as our counter makes it, but for these."""
    return {
        "response_type": "code",
        "client_id": emulator.config.oidc_client_id,
        "redirect_uri": f"{emulator.config.counter_url}/console/sso/back",
        "scope": "openid email",
        "state": "s",
        "nonce": "n",
        "code_challenge": create_s256_code_challenge(VERIFIER),
        "code_challenge_method": "S256",
        **other,
    }


def authorize(emulator: Emulator, **other: str) -> httpx.Response:
    return httpx.get(f"{emulator.oidc_issuer}/authorize", params=asked(emulator, **other))


def code(emulator: Emulator) -> str:
    return dict(parse_qsl(urlsplit(authorize(emulator, **{"as": "agent"}).headers["Location"]).query))["code"]


def token(emulator: Emulator, given: str, *, secret: str = "", **other: str) -> httpx.Response:
    form = {"code": given, "redirect_uri": asked(emulator)["redirect_uri"], "code_verifier": VERIFIER, **other}
    pair = (emulator.config.oidc_client_id, secret or emulator.config.oidc_client_secret)
    return httpx.post(f"{emulator.oidc_issuer}/token", data=form, auth=pair)


@pytest.mark.parametrize(
    "other",
    [
        {"client_id": "somebody"},
        {"redirect_uri": "https://evil.example/back"},
        {"response_type": "token"},
        {"scope": "email"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"state": ""},
        {"nonce": ""},
    ],
)
def test_a_request_that_lacks_what_makes_it_safe_is_refused(emulator: Emulator, other: dict[str, str]) -> None:
    assert httpx.codes.BAD_REQUEST == authorize(emulator, **other).status_code
    assert httpx.codes.BAD_REQUEST == authorize(emulator, **other, **{"as": "agent"}).status_code


def test_a_code_is_good_once_for_who_asked_for_it_and_its_token_is_signed_by_a_published_key(
    emulator: Emulator,
) -> None:
    given = code(emulator)
    answer = token(emulator, given)
    keys = jwt.PyJWKSet.from_dict(httpx.get(f"{emulator.oidc_issuer}/keys").json())
    signed = answer.json()["id_token"]
    key = keys[jwt.get_unverified_header(signed)["kid"]]
    claims = jwt.decode(signed, key, algorithms=["RS256"], audience=emulator.config.oidc_client_id)
    assert ("n", "agent@office.example.jp") == (claims["nonce"], claims["email"])
    assert "invalid_grant" == token(emulator, given).json()["error"]


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/back"}, "invalid_grant"),
        ({"secret": "of another"}, "invalid_client"),
    ],
)
def test_a_code_in_other_hands_brings_nothing(emulator: Emulator, other: dict[str, str], error: str) -> None:
    assert error == token(emulator, code(emulator), **other).json()["error"]
