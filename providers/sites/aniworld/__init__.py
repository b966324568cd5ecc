"""The AniWorld catalogue."""

from providers.sites.aniworld.site import AniworldSite

__all__ = ["AniworldSite"]
