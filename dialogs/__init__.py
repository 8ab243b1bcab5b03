"""The mind of the counter: conversations and rules, without clock, network or database."""
