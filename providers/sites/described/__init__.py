"""Catalogues that a definition file describes: sites without code."""
