"""Fixtures of all tests; the environment they run in is set by ``tests/environment.py``."""
