"""A provider of OpenID Connect, by whom members of staff may sign in."""

from integrations.oidc.provider import Begun, Identity, OidcConfig, OidcError, Provider

__all__ = ["Begun", "Identity", "OidcConfig", "OidcError", "Provider"]
