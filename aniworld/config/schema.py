"""The shape of the configuration: one frozen dataclass per section.

A new setting is one field here and one row in docs/configuration.md (a test compares them).
Files that lack a field get its default, so only a renamed or reshaped field needs a migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aniworld.config import checks
from providers.base import SiteSettings

DEFAULT_LANGUAGES = ("German Dub", "German Sub", "English Sub", "English Dub")
DEFAULT_NAMING = "{name} ({year})/Season {season:02}/{name} - S{season:02}E{episode:02} - {title}"


def _setting(default: Any, check: checks.Check) -> Any:
    return field(default=default, metadata={"check": check})


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    # The first one takes new series. Empty: the environment's ANIME_DIRECTORY counts.
    directories: tuple[str, ...] = _setting((), checks.folders)
    # A scan that would lose more than this share of a root or a series changes nothing.
    mass_removal_share: float = _setting(0.5, checks.between(0.01, 1))


# A provider's settings are plain Python and know no checks of ours.
SITE_CHECKS: Mapping[str, checks.Check] = {
    "position": checks.between(0, 1000),
    "base_url": checks.optional(checks.web_address),
    "mirrors": checks.each(checks.web_address),
    "requests_per_second": checks.between(0.01, 100),
}


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    # By provider name; a provider that is not listed is off.
    sites: Mapping[str, SiteSettings] = field(
        default_factory=dict,
        metadata={"check": checks.keys(checks.name), "checks": SITE_CHECKS},
    )
    # Both in order of preference. No hoster listed: the site's own order counts.
    languages: tuple[str, ...] = _setting(DEFAULT_LANGUAGES, checks.each(checks.filled))
    hosters: tuple[str, ...] = _setting((), checks.each(checks.name))


@dataclass(frozen=True, slots=True)
class DownloadSettings:
    auto_start: bool = False
    max_retries: int = _setting(3, checks.between(0, 20))
    # The pause before the first retry; it doubles with each further one.
    retry_base_seconds: float = _setting(30.0, checks.between(0, 86_400))
    naming_template: str = _setting(DEFAULT_NAMING, checks.naming_template)
    overwrite: bool = False
    # Below this much free space the queue pauses itself.
    min_free_mb: int = _setting(500, checks.between(0, 100_000_000))
    # Live progress is told at most this often, and only for a change of this many percent.
    progress_per_second: float = _setting(4.0, checks.between(0.1, 20))
    progress_min_percent: float = _setting(1.0, checks.between(0, 50))


@dataclass(frozen=True, slots=True)
class BackupSettings:
    # Copies of config.json kept in DATA_DIR/config_backups.
    keep: int = _setting(10, checks.between(1, 1000))


@dataclass(frozen=True, slots=True)
class AdvancedSettings:
    # Finished progress kept, for each type of progress.
    progress_history: int = _setting(50, checks.between(0, 1000))


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration. ``version`` rises by one with every change."""

    version: int = _setting(0, checks.between(0, 2**53))
    library: LibrarySettings = field(default_factory=LibrarySettings)
    providers: ProviderSettings = field(default_factory=ProviderSettings)
    downloads: DownloadSettings = field(default_factory=DownloadSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    advanced: AdvancedSettings = field(default_factory=AdvancedSettings)
