"""The notice as data and as decisions."""
