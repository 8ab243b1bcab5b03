"""The host: runs turns, keeps the records and serves people."""
