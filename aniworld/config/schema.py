"""The configuration: one frozen dataclass for each section, each setting described where it stands.

A new setting is one field here and one row in docs/configuration.md, which a test compares. Files
that lack a field get its default, so only a renamed or reshaped field needs a migration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from django.utils.translation import gettext_noop as _

from aniworld.config.checks import (
    AbsolutePath,
    Between,
    DayHours,
    Each,
    Folders,
    HeaderValue,
    HosterName,
    Keys,
    LanguageName,
    LanguageRanks,
    Name,
    NamingTemplate,
    NoLongerThan,
    NotifyAddress,
    OneOf,
    Optional,
    PathPair,
    ProxyAddress,
    QuietWindows,
    RoomLevel,
    SiteAddress,
    SiteDefinition,
    TargetName,
    WebAddress,
    When,
)
from aniworld.config.description import Group, Setting, group_of, secret_names, setting
from aniworld.console.levels import LEVELS
from aniworld.console.logs import FORMATS
from providers.base import ADDED_KINDS, LONGEST_DEFINITION, SiteSettings

# What messages may be about; which of them a target gets is its own choice.
NOTIFIED = (
    *("DOWNLOAD_COMPLETE", "DOWNLOAD_FAILED", "NEW_EPISODES", "LANGUAGE_ARRIVED", "FILES_HELD"),
    *("SCAN_FAILED", "REPAIR_RAISED", "REPAIR_MENDED", "DISK_LOW", "BACKUP_FAILED"),
)
DEFAULT_LANGUAGES = ("German Dub", "German Sub", "English Sub", "English Dub")
DEFAULT_NAMING = "{name} ({year})/Season {season:02}/{name} - S{season:02}E{episode:02} - {title}"


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    directories: tuple[str, ...] = setting(
        (),
        label=_("Library folders"),
        help=_("Full paths, none inside another. The first takes new series."),
        check=Folders(),
        environment="ANIME_DIRECTORY",
    )
    link_targets: tuple[str, ...] = setting(
        (),
        label=_("Targets of links"),
        help=_(
            "Full paths of folders outside the library that links in it may lead to. Behind other "
            "links videos are seen, and nothing is read or written."
        ),
        check=Each(AbsolutePath()),
    )
    mass_removal_share: float = setting(
        0.5,
        label=_("Share of files that may go"),
        help=_("A scan that would lose more than this share of a root or a series stops and asks."),
        check=Between(0.01, 1),
    )
    full_look_days: int = setting(
        7,
        label=_("Full look"),
        help=_("A scan reads every folder and every file's size if none did for so long."),
        unit=_("days"),
        check=Between(1, 3650),
    )
    bin_days: int = setting(
        14,
        label=_("Recycle bin"),
        help=_(
            "For so long what is deleted or replaced stays in the recycle bin of its library "
            "folder. 0: the bin is off, and files are deleted for good."
        ),
        unit=_("days"),
        check=Between(0, 3650),
    )


# The class is the providers' own, which know nothing of settings.
Site = Annotated[
    SiteSettings,
    {
        "enabled": Setting(
            label=_("Enabled"),
            help=_("Whether the site is asked at all."),
        ),
        "position": Setting(
            label=_("Position"),
            help=_("Its place in the order of sites, the lowest first."),
            check=Between(0, 1000),
        ),
        "base_url": Setting(
            label=_("Address"),
            help=_(
                "Another address of the site. Empty: the built-in one. That of a feed may be a "
                "file in a folder of MANIFEST_ROOTS: file:///srv/feeds/anime.json."
            ),
            check=Optional(SiteAddress()),
        ),
        "mirrors": Setting(
            label=_("Mirrors"),
            help=_("Further addresses, tried in order."),
            check=Each(WebAddress()),
        ),
        "requests_per_second": Setting(
            label=_("Requests"),
            help=_("At most so many, by all processes together."),
            unit=_("a second"),
            check=Between(0.01, 100),
        ),
        "proxy": Setting(
            label=_("Proxy"),
            help=_(
                "What the site is asked through, such as socks5://host:1080, socks5h://host:1080 "
                "(it looks up names) or http://host:3128, with user:password@ before the host. "
                "Hosters are asked without it. Empty: none."
            ),
            check=Optional(ProxyAddress()),
        ),
        "provider": Setting(
            label=_("Kind"),
            help=_("What answers under this name, of a site that was added here."),
            check=OneOf(("", *ADDED_KINDS)),
        ),
        "label": Setting(
            label=_("Name"),
            help=_("What a site that was added here is called."),
            check=NoLongerThan(60),
        ),
        "definition": Setting(
            label=_("Definition"),
            help=_("The definition file of a site that was added with one."),
            check=SiteDefinition(LONGEST_DEFINITION),
        ),
    },
]


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    sites: Mapping[str, Site] = setting(
        dict,
        label=_("Sites"),
        help=_("What is set for each site, by its name. A site that is not listed is off."),
        check=Keys(Name()),
    )
    languages: tuple[str, ...] = setting(
        DEFAULT_LANGUAGES,
        label=_("Languages"),
        help=_("In order of preference."),
        check=Each(LanguageName()),
    )
    hosters: tuple[str, ...] = setting(
        (),
        label=_("Hosters"),
        help=_("In order of preference. Empty: the order of each site."),
        check=Each(HosterName()),
    )
    failures_until_rest: int = setting(
        5,
        label=_("Failures until a rest"),
        help=_("After so many in a row a site, mirror or hoster is left alone for a while."),
        check=Between(1, 1000),
    )
    rest_seconds: float = setting(
        60.0,
        label=_("Length of a rest"),
        help=_("The first one. Each further one is twice as long, up to an hour."),
        unit=_("seconds"),
        check=Between(1, 3600),
    )
    refused_rest_seconds: float = setting(
        900.0,
        label=_("Length of a rest after a refusal"),
        help=_(
            "Of a site that wants a check in the browser, or has blocked this address. Each "
            "further one is twice as long, up to six hours."
        ),
        unit=_("seconds"),
        check=Between(1, 21_600),
    )
    degraded_below_percent: float = setting(
        90.0,
        label=_("Degraded below"),
        help=_("Of the calls of an hour that were answered."),
        unit=_("%"),
        check=Between(0, 100),
    )
    down_below_percent: float = setting(
        50.0,
        label=_("Down below"),
        help=_("Of the calls of an hour that were answered."),
        unit=_("%"),
        check=Between(0, 100),
    )


@dataclass(frozen=True, slots=True)
class DownloadSettings:
    auto_start: bool = setting(
        False,
        label=_("Start the queue by itself"),
        help=_("Whenever something is added."),
    )
    max_retries: int = setting(
        3,
        label=_("Retries"),
        help=_("Tries after the first one."),
        check=Between(0, 20),
    )
    retry_base_seconds: float = setting(
        30.0,
        label=_("Pause before a retry"),
        help=_("Before the first retry. It doubles with each further one."),
        unit=_("seconds"),
        check=Between(0, 86_400),
    )
    naming_template: str = setting(
        DEFAULT_NAMING,
        label=_("File names"),
        help=_(
            "Where a file goes below its root, without extension, and the folder of a series that "
            "has none yet. Tokens are {name}, {year}, {season}, {episode}, {absolute}, {title}, "
            "{language} and {key}; {absolute} counts over all seasons."
        ),
        check=NamingTemplate(),
    )
    overwrite: bool = setting(
        False,
        label=_("Overwrite"),
        help=_("Replaces a file that is there already, which goes into the recycle bin."),
    )
    min_free_mb: int = setting(
        500,
        label=_("Free space to keep"),
        help=_("Below it the queue pauses itself."),
        unit=_("MB"),
        check=Between(0, 100_000_000),
    )
    connections: int = setting(
        8,
        label=_("Connections"),
        help=_("To one hoster at a time, from the next episode on."),
        check=Between(1, 16),
    )
    limit_kb_per_second: int = setting(
        0,
        label=_("Speed limit"),
        help=_("For all downloads together, also for the one that runs. 0: none."),
        unit=_("KB a second"),
        check=Between(0, 10_000_000),
    )
    quiet_hours: tuple[str, ...] = setting(
        (),
        label=_("Quiet hours"),
        help=_(
            "Windows of the week, by the server's clock: mon-fri 18:00-23:00=closed (nothing is "
            "fetched) or daily 08:00-17:00=500 (at most so many KB a second). The strictest of "
            "those that hold counts. Empty: none."
        ),
        check=QuietWindows(),
    )
    when_quiet_begins: str = setting(
        "FINISH",
        label=_("A download that runs when quiet hours begin, or a budget is used up"),
        check=OneOf(
            ("FINISH", "STOP"),
            (
                _("It goes on to its end."),
                _(
                    "It is put back into the queue at once, keeping what has come, and goes on "
                    "from there afterwards."
                ),
            ),
        ),
    )
    budget_gb_a_day: float = setting(
        0.0,
        label=_("Budget a day"),
        help=_(
            "Once so much has come from hosters in a day of the server's clock, also in tries that "
            "failed, the queue waits for the next one. 0: any."
        ),
        unit=_("GB"),
        check=Between(0, 1_000_000),
    )
    budget_gb_a_month: float = setting(
        0.0,
        label=_("Budget a month"),
        help=_("The same for a month of the calendar. 0: any."),
        unit=_("GB"),
        check=Between(0, 1_000_000),
    )
    budget_episodes_a_day: int = setting(
        0,
        label=_("Episodes fetched a day"),
        help=_(
            "Once so many got into their place in a day, the queue waits for the next one. What is "
            "queued by itself has a number of its own, under Following. 0: any."
        ),
        unit=_("episodes"),
        check=Between(0, 1_000_000),
    )
    budget_episodes_a_month: int = setting(
        0,
        label=_("Episodes fetched a month"),
        help=_("The same for a month of the calendar. 0: any."),
        unit=_("episodes"),
        check=Between(0, 1_000_000),
    )
    quarantine_days: int = setting(
        14,
        label=_("Keep suspicious files"),
        help=_(
            "A file that plays but is far too short waits for your decision, hidden in the "
            "library folder. 0: it is deleted at once."
        ),
        unit=_("days"),
        check=Between(0, 365),
    )
    progress_per_second: float = setting(
        4.0,
        label=_("Live progress"),
        help=_("Sent at most this often."),
        unit=_("times a second"),
        check=Between(0.1, 20),
    )
    progress_min_percent: float = setting(
        1.0,
        label=_("Smallest step of live progress"),
        help=_("Sent only for a change above this."),
        unit=_("percent"),
        check=Between(0, 50),
    )


@dataclass(frozen=True, slots=True)
class JobSettings:
    enabled: bool = setting(
        True,
        label=_("Enabled"),
        help=_("Whether the job runs by itself."),
    )
    when: str = setting(
        "",
        label=_("When"),
        help=_(
            "In words, such as “every day at 4” or “alle 6 Stunden”, or as a cron expression. "
            "Empty: as the job comes."
        ),
        check=Optional(When()),
    )


@dataclass(frozen=True, slots=True)
class SchedulerSettings:
    jobs: Mapping[str, JobSettings] = setting(
        dict,
        label=_("Jobs"),
        help=_(
            "What is set for each job, by its name. One that is listed runs if it does not say "
            "otherwise; one that is not is as it comes."
        ),
        check=Keys(Name()),
    )


@dataclass(frozen=True, slots=True)
class FollowingSettings:
    new_series: str = setting(
        "OFF",
        label=_("New series"),
        help=_("What is fetched by itself of a series that comes into the library."),
        check=OneOf(
            ("OFF", "NEW", "GAPS"),
            (
                _("Nothing."),
                _("Episodes that appear from then on."),
                _("Everything that is missing."),
            ),
        ),
    )
    ranks: tuple[str, ...] = setting(
        (),
        label=_("Languages, and how long each waits for a better one"),
        help=_(
            "The best first: German Dub=now is taken at once, German Sub=14 when the episode has "
            "been out for 14 days, English Dub=never not by itself. What is not listed is not "
            "taken by itself. Empty: the languages of the providers in their order, each at once."
        ),
        check=LanguageRanks(),
    )
    keep: str = setting(
        "FIRST",
        label=_("When a better language appears later"),
        check=OneOf(
            ("FIRST", "REPLACE", "BOTH"),
            (
                _("The file that is there stays the only one."),
                _("The better one takes its place, and it goes into the recycle bin."),
                _("The better one is fetched too, into a file beside it."),
            ),
        ),
    )
    episodes_a_day: int = setting(
        100,
        label=_("Episodes a day"),
        help=_("At most so many are queued by themselves in a day of the server's clock. 0: any."),
        check=Between(0, 100_000),
    )


# What becomes of files that we may write beside those of the owner.
BESIDE = (
    _("None is touched."),
    _("They are written, never in place of one of somebody else."),
    _("Those that Aniworld wrote are taken away."),
)


@dataclass(frozen=True, slots=True)
class MediaServer:
    kind: str = setting(
        "JELLYFIN",
        label=_("Kind"),
        help=_("JELLYFIN, EMBY, PLEX or KODI."),
        check=OneOf(("JELLYFIN", "EMBY", "PLEX", "KODI")),
    )
    enabled: bool = setting(
        True,
        label=_("Enabled"),
        help=_("Whether it is told of anything."),
    )
    address: str = setting(
        "",
        label=_("Address"),
        help=_("Where it answers, such as http://192.168.1.10:8096."),
        check=Optional(WebAddress()),
    )
    token: str = setting(
        "",
        label=_("Key"),
        help=_(
            "Jellyfin and Emby: an API key from their dashboard. Plex: an X-Plex-Token. Kodi has "
            "none."
        ),
        check=Optional(HeaderValue()),
        secret=True,
    )
    user: str = setting(
        "",
        label=_("User name"),
        help=_("Of Kodi's web server, where one is set there."),
    )
    password: str = setting(
        "",
        label=_("Password"),
        help=_("Of Kodi's web server, where one is set there."),
        secret=True,
    )
    paths: tuple[str, ...] = setting(
        (),
        label=_("Folders that are called otherwise there"),
        help=_(
            "A folder here and its name there, such as /srv/anime=/media/anime; the longest that "
            "fits counts. Empty: all are called alike."
        ),
        check=Each(PathPair()),
    )


@dataclass(frozen=True, slots=True)
class MediaServersSettings:
    servers: Mapping[str, MediaServer] = setting(
        dict,
        label=_("Servers"),
        help=_("Who is told of new, replaced and removed files, by the name you give it."),
        check=Keys(Name()),
    )
    wait_seconds: int = setting(
        20,
        label=_("Wait for more"),
        help=_(
            "A folder is told when nothing has changed in it for so long, and at the latest when "
            "six times as long has passed."
        ),
        unit=_("seconds"),
        check=Between(0, 3600),
    )
    nfo: str = setting(
        "OFF",
        label=_("Descriptions (.nfo)"),
        help=_(
            "Of tvshow.nfo in the folder of a series and an .nfo beside each episode. For what is "
            "there already the job “Descriptions for media servers” does so."
        ),
        check=OneOf(("OFF", "WRITE", "REMOVE"), BESIDE),
    )
    poster: str = setting(
        "OFF",
        label=_("Posters"),
        help=_("The same of poster.jpg in the folder of a series, out of the cover that is kept."),
        check=OneOf(("OFF", "WRITE", "REMOVE"), BESIDE),
    )


@dataclass(frozen=True, slots=True)
class TargetSettings:
    enabled: bool = setting(
        True,
        label=_("Enabled"),
        help=_("Whether messages are sent there."),
    )
    kind: str = setting(
        "APPRISE",
        label=_("Kind"),
        help=_("APPRISE: a service by its Apprise address. WEBHOOK: signed JSON to a web server."),
        check=OneOf(("APPRISE", "WEBHOOK")),
    )
    url: str = setting(
        "",
        label=_("Address"),
        help=_(
            "Such as ntfy://host/topic, tgram://token/chat, mailto://user:password@host or "
            "discord://id/token; of a webhook https://… It is a secret, and shown masked."
        ),
        check=Optional(NotifyAddress()),
        secret=True,
    )
    signing_key: str = setting(
        "",
        label=_("Key of the signature"),
        help=_("A webhook is signed with it. Empty: it is not signed."),
        check=NoLongerThan(200),
        secret=True,
    )
    events: tuple[str, ...] = setting(
        NOTIFIED,
        label=_("Events"),
        help=_("What it is told of."),
        check=Each(OneOf(NOTIFIED)),
    )
    pace: str = setting(
        "DIGEST",
        label=_("Pace"),
        help=_(
            "DIGEST: what belongs together comes as one message, and failures at once. EACH: each "
            "thing as a message of its own, at once."
        ),
        check=OneOf(("DIGEST", "EACH")),
    )
    quiet_hours: str = setting(
        "",
        label=_("Quiet hours"),
        help=_(
            "Such as 22:00-07:00, by the clock of the server. Messages wait meanwhile and come as "
            "one. Empty: none."
        ),
        check=Optional(DayHours()),
    )


@dataclass(frozen=True, slots=True)
class NotificationSettings:
    targets: Mapping[str, TargetSettings] = setting(
        dict,
        label=_("Targets"),
        help=_("Where messages are sent, each by the name you give it."),
        check=Keys(TargetName()),
    )
    language: str = setting(
        "en",
        label=_("Language of messages"),
        help=_("What is sent to targets. Pages come in the language of whoever reads them."),
        check=OneOf(("en", "de"), (_("English."), _("German."))),
    )
    digest_minutes: int = setting(
        180,
        label=_("Longest wait of a digest"),
        help=_("It is sent when the queue is at rest, at the latest after so long."),
        unit=_("minutes"),
        check=Between(1, 1440),
    )
    give_up_hours: int = setting(
        48,
        label=_("Try to send for"),
        help=_(
            "What cannot be sent for so long counts as failed; it stays in the log and can be sent "
            "again from there."
        ),
        unit=_("hours"),
        check=Between(1, 720),
    )


@dataclass(frozen=True, slots=True)
class LoggingSettings:
    level: str = setting(
        "INFO",
        label=_("Level"),
        help=_(
            "Of everything that is logged, in the files and on standard output: DEBUG, INFO, "
            "WARNING, ERROR or CRITICAL."
        ),
        check=OneOf(LEVELS),
        environment="LOG_LEVEL",
        environment_wins=True,
    )
    levels: tuple[str, ...] = setting(
        (),
        label=_("Levels of single rooms"),
        help=_("Such as downloads=DEBUG or aniworld.sites=ERROR."),
        check=Each(RoomLevel()),
        environment="LOG_LEVELS",
        environment_wins=True,
    )
    format: str = setting(
        "text",
        label=_("Format of the log files"),
        check=OneOf(FORMATS, (_("Lines to be read."), _("One JSON object a line."))),
        environment="LOG_FORMAT",
        environment_wins=True,
    )


@dataclass(frozen=True, slots=True)
class BackupSettings:
    keep: int = setting(
        10,
        label=_("Backups kept"),
        help=_("Copies of this file from before each change, in config_backups."),
        check=Between(1, 1000),
    )
    keep_databases: int = setting(
        7,
        label=_("Backups of everything kept"),
        help=_("The newest of those made, of those made before a restore, and of uploaded ones."),
        check=Between(1, 100),
    )
    every_days: int = setting(
        1,
        label=_("Backup of everything every"),
        help=_("Made by itself while the worker runs; what was missed is made up. 0: never."),
        unit=_("days"),
        check=Between(0, 365),
    )
    at_hour: int = setting(
        4,
        label=_("Hour of the backup"),
        help=_("From which on it is made, by the clock of the server."),
        check=Between(0, 23),
    )


@dataclass(frozen=True, slots=True)
class AdvancedSettings:
    audit_days: int = setting(
        730,
        label=_("Audit lines kept"),
        help=_("Logins, keys, settings and removals in the journal. Older ones are deleted."),
        unit=_("days"),
        check=Between(30, 36_500),
    )
    progress_history: int = setting(
        50,
        label=_("Finished progress kept"),
        help=_("For each type of progress."),
        check=Between(0, 1000),
    )


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration."""

    version: int = setting(
        0,
        label=_("Version"),
        help=_("Rises by one with every change."),
        check=Between(0, 2**53),
        read_only=True,
    )
    library: LibrarySettings = setting(LibrarySettings, label=_("Library"))
    providers: ProviderSettings = setting(ProviderSettings, label=_("Providers"))
    downloads: DownloadSettings = setting(DownloadSettings, label=_("Downloads"))
    scheduler: SchedulerSettings = setting(SchedulerSettings, label=_("Schedule"))
    following: FollowingSettings = setting(FollowingSettings, label=_("Following"))
    media_servers: MediaServersSettings = setting(MediaServersSettings, label=_("Media servers"))
    notifications: NotificationSettings = setting(NotificationSettings, label=_("Notifications"))
    logging: LoggingSettings = setting(LoggingSettings, label=_("Logging"))
    backup: BackupSettings = setting(BackupSettings, label=_("Backup"))
    advanced: AdvancedSettings = setting(AdvancedSettings, label=_("Advanced"))


@cache
def description() -> Group:
    """The tree of all settings."""
    return group_of(Config)


@cache
def secrets() -> frozenset[str]:
    """The names of the settings that are secret, wherever they stand."""
    return secret_names(description())
