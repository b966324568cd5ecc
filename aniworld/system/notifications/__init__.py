"""Telling the owner: the second reader of the outbox, what it sends, and the inbox."""
