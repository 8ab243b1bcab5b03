"""Whose an application is: of who sent it off, and of who has shown, through another door, that they are the same."""

from __future__ import annotations

# Of a row `s` of submissions, and %(person)s: a fingerprint of channel and user.
MINE = """
(s.person = %(person)s OR EXISTS (
    SELECT FROM known_claims k WHERE k.person = %(person)s AND k.submission = s.id))
"""
