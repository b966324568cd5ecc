"""Feeds: series that somebody lists in a JSON or RSS document."""

from providers.sites.manifest.site import ManifestSite

__all__ = ["ManifestSite"]
