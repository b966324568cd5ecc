"""Catalogue sites and hosters. Plain Python: nothing here imports Django or another room."""
