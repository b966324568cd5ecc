"""Aniworld, the project package: settings, routing and the rooms every app stands on."""

__version__ = "0.1.0"
