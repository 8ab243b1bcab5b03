"""Chatwoot: conversations of an inbox of the kind «API»."""
