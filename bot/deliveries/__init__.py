"""Mailings: many people, each brought the URL of their points exactly once, by whichever way reaches them."""
