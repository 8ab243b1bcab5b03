"""Banks and branches of Japan by code and name, from the published table of the PyPI package zengin-code."""

from integrations.banks.directory import MOST_FOUND, Bank, Branch, bank, branch, search_banks, search_branches

__all__ = ["MOST_FOUND", "Bank", "Branch", "bank", "branch", "search_banks", "search_branches"]
