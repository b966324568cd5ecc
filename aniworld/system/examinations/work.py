"""What the product works at: the queue, scans, and the sites that are asked."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max
from django.utils import timezone

from aniworld.config import reach
from aniworld.sites import pace
from aniworld.sites.configured import site_names
from aniworld.sites.health import line
from aniworld.sites.health import services as health
from aniworld.sites.health.services import Health
from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from downloads.choices import PauseCode
from downloads.models import QueueState
from downloads.shut import changed_sites
from library.errors import MassRemoval
from library.models import AnimeSeries, ScanOperation
from library.scanner.word import is_empty
from library.services.losses import changed_root
from library.services.operations import latest
from providers.coded import Coded, coded

# A site that answers a series so refuses until its owner, or an update, has seen to it.
_REFUSED = ("challenge", "blacklisted", "markup_changed", "address_refused")
_DISKS = ("root_missing", "root_other_disk", "root_silent", "root_read_only", "root_closed")
HELD_SHOWN = 20  # series whose catalogue waits: with these there is enough to do
_FULL = ("root_full", "root_no_names", "data_dir_full")


def removals(look: Look) -> Iterator[Finding]:
    """Whether a scan waits for the owner's word. While the disk of what it waits for is away, that
    is the fault."""
    operation = latest()
    if operation is None:
        return
    paths = _waited_for(operation)
    if paths is None or (paths and all(look.has(*_DISKS, about=path) for path in paths)):
        return
    yield found(coded("removals_wait"))


def _waited_for(operation: ScanOperation) -> list[str] | None:
    """The folders that the owner's word is needed for, as far as the scan has named them; None
    where it needs none. One that was empty and is so no more is looked through by the next scan."""
    if operation.error_code == MassRemoval.code:
        return [root["path"] for root in operation.error_params.get("roots", ())]
    root = changed_root(operation)
    return [root.path] if root is not None and _is_empty(root.path) else None


def _is_empty(path: str) -> bool:
    try:
        return reach.ask(path, lambda: is_empty(path))
    except OSError:  # it is away or cannot be read, which is told of it
        return False


def catalogues(_look: Look) -> Iterator[Finding]:
    """Whether catalogues wait for the owner's word, the longest waiting first."""
    for series in AnimeSeries.objects.held().order_by("asked_at", "pk")[:HELD_SHOWN]:
        yield found(coded("catalogue_waits", series=series.name), about=series.key)


def sites(_look: Look) -> Iterator[Finding]:
    """Whether a site refused when it was asked last. One page of it that fails says nothing."""
    names = site_names()
    if not names:
        yield found(coded("no_site"))
    closed, changed = health.still_refused(), changed_sites()
    for name in names:
        if name in closed:
            label, said = closed[name]
            reason: Coded | None = {"code": said["code"], "params": said["params"]}
            yield found(coded("site_shut", site=label, reason=reason), about=name)
        elif (reason := refusal_of(name) or changed.get(name)) is not None:
            yield found(coded("site_refuses", site=name, reason=reason), about=name)


def answers(look: Look) -> Iterator[Finding]:
    """Whether sites answer, and whether it is our own line where nobody does. A site that is known
    to refuse is told of as that."""
    since = line.out_since()
    if since is not None:
        minutes = max(1, round((timezone.now() - since).total_seconds() / 60))
        yield found(coded("line_out", minutes=minutes))
        return
    for one in health.services(health.JUDGED_OVER):
        if not one.is_site or one.health is not Health.DOWN:
            continue
        if look.has("site_refuses", "site_shut", about=one.name):
            continue
        last = one.last_failure
        if last is not None and last.error is not None:
            reason: Coded = {"code": last.error["code"], "params": last.error["params"]}
            yield found(coded("site_down", site=one.label, reason=reason), about=one.name)


def refusal_of(site: str) -> Coded | None:
    """What a site said when it was asked last for a series; None where that was read, or failed
    for a reason that ends by itself."""
    of_site = AnimeSeries.objects.active().filter(site=site)
    read = of_site.aggregate(read=Max("refreshed_at"))["read"]
    refused = of_site.filter(error_code__in=_REFUSED, asked_at__isnull=False)
    last = refused.order_by("-asked_at").first()
    if last is None or (read is not None and last.asked_at is not None and read > last.asked_at):
        return None
    return {"code": last.error_code, "params": last.error_params}


def holds(_look: Look) -> Iterator[Finding]:
    """The hosts that have asked for a pause."""
    for hold in pace.holds():
        minutes = max(1, round(hold.seconds / 60))
        yield found(coded("host_held", host=hold.host, minutes=minutes), about=str(hold.id))


def queue(look: Look) -> Iterator[Finding]:
    """Whether the queue has paused itself. While what it paused for is found, that is the fault."""
    state = QueueState.current()
    if not state.is_paused or state.pause_code in (PauseCode.NONE, PauseCode.OWNER):
        return
    reason: Coded = {"code": state.pause_reason_code, "params": state.pause_reason_params}
    if look.has(*_DISKS, *_FULL) and state.pause_code in (
        PauseCode.DISK_FULL,
        PauseCode.DISK_REFUSES,
    ):
        return
    yield found(coded("queue_paused_itself", reason=reason))
