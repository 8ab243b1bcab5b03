"""Measures against what people would use instead: `make bench`, or `python -m bench`."""
