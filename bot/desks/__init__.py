"""Talks with staff at an outside desk: told there what people say, and heard there what its team answers."""
