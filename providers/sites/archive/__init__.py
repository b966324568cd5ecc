"""The Internet Archive."""

from providers.sites.archive.site import ArchiveSite

__all__ = ["ArchiveSite"]
