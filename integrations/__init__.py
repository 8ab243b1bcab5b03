"""Mouths and ears: one folder for each outside party; nothing of an SDK leaks out of it."""
