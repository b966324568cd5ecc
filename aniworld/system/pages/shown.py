"""The system page as it is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from aniworld.system.caches import Cache, Kept
from aniworld.system.examinations import Report
from aniworld.system.facts import Database, Process, RootState, System
from aniworld.system.findings import Kind, Severity
from aniworld.system.kinds import KINDS
from aniworld.system.mending import FIXES, Fix
from aniworld.system.repairs import Repair, repair
from aniworld.system.trials import RootTrial
from aniworld.web import display

_PROCESSES = {
    "web": gettext_noop("Web server"),
    "worker": gettext_noop("Worker"),
    "scan": gettext_noop("Scan"),
    "transfer": gettext_noop("Transfer"),
}
_TONES = {Severity.ERROR: "danger", Severity.WARNING: "warn", Severity.NOTE: "note"}
_ICONS = {
    Severity.ERROR: "fa-circle-xmark",
    Severity.WARNING: "fa-triangle-exclamation",
    Severity.NOTE: "fa-circle-info",
}
_SEVERITIES = {
    Severity.ERROR: gettext_noop("Error"),
    Severity.WARNING: gettext_noop("Warning"),
    Severity.NOTE: gettext_noop("Note"),
}


@dataclass(frozen=True, slots=True)
class RepairCard:
    repair: Repair

    @property
    def _severity(self) -> Severity:
        return Severity(self.repair["severity"])

    @property
    def tone(self) -> str:
        return _TONES[self._severity]

    @property
    def icon(self) -> str:
        return _ICONS[self._severity]

    @property
    def severity(self) -> str:
        return gettext(_SEVERITIES[self._severity])


@dataclass(frozen=True, slots=True)
class RepairsPanel:
    cards: Sequence[RepairCard]
    count: int
    left_out: int


def repairs_panel(report: Report) -> RepairsPanel:
    """What a look found."""
    cards = [RepairCard(repair(finding)) for finding in report.findings]
    return RepairsPanel(cards, len(report.repairs), len(report.left_out))


@dataclass(frozen=True, slots=True)
class FaultCard:
    """A kind of fault, whether or not there is one now: "…" stands for what only a case says."""

    kind: Kind

    @property
    def tone(self) -> str:
        return _TONES[self.kind.severity]

    @property
    def severity(self) -> str:
        return gettext(_SEVERITIES[self.kind.severity])

    @property
    def heading(self) -> str:
        return _of_any_case(self.kind.title or self.kind.text)

    @property
    def mend(self) -> str:
        return _of_any_case(self.kind.mend)

    @property
    def command(self) -> str:
        return _of_any_case(self.kind.command) if self.kind.command else ""

    @property
    def button(self) -> str:
        return gettext(self._fix.label) if self._fix else ""

    @property
    def is_mended_by_doctor(self) -> bool:
        return bool(self._fix and self._fix.is_safe)

    @property
    def _fix(self) -> Fix | None:
        return FIXES[self.kind.fix] if self.kind.fix else None


def _of_any_case(template: str) -> str:
    return gettext(template).format_map(defaultdict(lambda: "…"))


@dataclass(frozen=True, slots=True)
class FaultsPage:
    """Everything that may be found, as docs/troubleshooting.md has it."""

    @property
    def cards(self) -> list[FaultCard]:
        return [FaultCard(kind) for kind in KINDS.values()]


@dataclass(frozen=True, slots=True)
class ProcessRow:
    process: Process

    @property
    def label(self) -> str:
        return gettext(_PROCESSES[self.process["name"]])

    @property
    def state(self) -> str:
        if self.process["alive"]:
            return gettext("runs")
        is_needed = self.process["name"] in ("web", "worker")
        return gettext("does not run") if is_needed else gettext("nothing to do")

    @property
    def tone(self) -> str:
        if self.process["alive"]:
            return "healthy"
        return "danger" if self.process["name"] in ("web", "worker") else "plain"


@dataclass(frozen=True, slots=True)
class RootCard:
    root: RootState

    @property
    def space(self) -> str:
        free, total = self.root["free"], self.root["total"]
        if free is None or total is None:
            return gettext("The disk does not answer.")
        return gettext("%(free)s free of %(total)s") % {
            "free": display.size(free),
            "total": display.size(total),
        }

    @property
    def promises(self) -> list[tuple[str, str]]:
        """What the last trial showed, in words."""
        trial = self.root["trial"]
        if trial is None or trial["refused"]:
            return []
        return [
            (gettext("Renames without replacing"), _said(trial["rename_without_replacing"])),
            (gettext("Hard links"), _said(trial["hard_links"])),
            (gettext("Tells upper and lower case apart"), _said(trial["tells_case_apart"])),
            (gettext("Longest name"), _bytes(trial)),
        ]


def _said(answer: bool | None) -> str:
    return gettext("not known") if answer is None else (gettext("yes") if answer else gettext("no"))


def _bytes(trial: RootTrial) -> str:
    longest = trial["longest_name"] or 0
    return ngettext("%d byte", "%d bytes", longest) % longest


@dataclass(frozen=True, slots=True)
class CacheRow:
    """What is kept, with the button's address; of a site where it ``is_part`` of the row above."""

    label: str
    files: int
    size: str
    oldest_at: datetime | None
    newest_at: datetime | None
    clear: str
    is_part: bool = False

    @classmethod
    def of(cls, label: str, kept: Kept, clear: str, *, is_part: bool = False) -> CacheRow:
        size = display.size(kept["size"])
        times = (kept["oldest_at"], kept["newest_at"])
        return cls(label, kept["files"], size, *times, clear, is_part)


def _cache_rows(cache: Cache) -> Iterator[CacheRow]:
    yield CacheRow.of(cache["label"], cache, reverse("cache-clear", args=[cache["name"]]))
    for one in cache["sites"]:
        address = reverse("cached-site-clear", args=[one["site"]])
        yield CacheRow.of(one["label"], one, address, is_part=True)


@dataclass(frozen=True, slots=True)
class SystemPage:
    """``facts`` is None while the configuration cannot be read."""

    repairs: RepairsPanel
    facts: System | None

    @property
    def uptime(self) -> str:
        return display.duration(self.facts["uptime"]) if self.facts else ""

    @property
    def data_free(self) -> str:
        return display.size(self.facts["data_free"]) if self.facts else ""

    @property
    def processes(self) -> list[ProcessRow]:
        return [ProcessRow(one) for one in self.facts["processes"]] if self.facts else []

    @property
    def roots(self) -> list[RootCard]:
        return [RootCard(one) for one in self.facts["roots"]] if self.facts else []

    @property
    def database(self) -> Database | None:
        return self.facts["database"] if self.facts else None

    @property
    def database_size(self) -> str:
        return display.size(self.facts["database"]["size"]) if self.facts else ""

    @property
    def log_size(self) -> str:
        return display.size(self.facts["database"]["log_size"]) if self.facts else ""

    @property
    def caches(self) -> list[CacheRow]:
        listed = self.facts["caches"] if self.facts else []
        return [row for cache in listed for row in _cache_rows(cache)]

    @property
    def libraries(self) -> list[tuple[str, str]]:
        return sorted(self.facts["libraries"].items()) if self.facts else []
