"""Desks of others, where a team answers people in its own software; one folder each."""
