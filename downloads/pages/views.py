"""The queue page and its buttons. Every button is a form; the answer leads back to the page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from aniworld.journal.pages.undo import undo_address
from aniworld.journal.services import noting
from aniworld.sites import services as sites
from aniworld.sites.health import services as health
from aniworld.web.ids import whole
from aniworld.web.page import PageRequest, forward, page, tell, told
from aniworld.web.permissions import needs
from aniworld.web.rights import Right
from downloads import entries, services
from downloads.choices import Priority, Status
from downloads.models import DownloadQueueItem
from downloads.pages.added import tell_added
from downloads.pages.queue import queue_page_of, state_and_newest_event
from downloads.pages.runs import open_runs
from downloads.services import Added, EpisodeRef
from library.pages.ticked import ticked_keys


@needs(Right.VIEW)
@require_safe
def queue(request: PageRequest) -> HttpResponse:
    """What ``events.pages.live_page`` asks for on its own comes with the state here."""
    state, request.last_event_id = state_and_newest_event()
    wanted = open_runs(request.GET.getlist("open"))
    shown = queue_page_of(state, wanted, page=max(whole(request.GET.get("page", "")) or 1, 1))
    fragments = {"live": "downloads/_queue.html"}
    return page(request, "downloads/queue.html", shown, fragments=fragments)


@needs(Right.OPERATE)
@require_POST
def control(request: HttpRequest, action: str) -> HttpResponse:
    """Start (all, or only the next), stop, pause, resume."""
    actions: dict[str, Callable[[], object]] = {
        "start": services.start,
        "start-one": lambda: services.start(limit=1),
        "stop": services.stop,
        "pause": services.pause,
        "resume": services.resume,
    }
    if action not in actions:
        raise Http404
    with told(request):
        actions[action]()
    return forward(request, "queue")


@needs(Right.OWN)
@require_POST
def lift_hold(request: HttpRequest, hold_id: int) -> HttpResponse:
    """A host's pause, not an item's."""
    with told(request):
        held = sites.lift_hold(hold_id)
        tell(request, _("%s may be asked again at once.") % held.host)
    return forward(request, "queue")


@needs(Right.OWN)
@require_POST
def end_rest(request: HttpRequest) -> HttpResponse:
    """Of a site that has let nobody in."""
    with told(request):
        health.end_rest(request.POST.get("site", ""))
        tell(request, _("It may be asked again at once."))
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def move(request: HttpRequest, item_id: int) -> HttpResponse:
    place = whole(request.POST.get("place", ""))
    if place is not None:
        with told(request):
            services.reorder(item_id=item_id, new_position=place)
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def hold(request: HttpRequest, item_id: int) -> HttpResponse:
    services.hold(item_ids=[item_id])
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def release(request: HttpRequest, item_id: int) -> HttpResponse:
    services.release(item_ids=[item_id])
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def remove(request: HttpRequest, item_id: int) -> HttpResponse:
    item = DownloadQueueItem.objects.select_related("series").filter(pk=item_id).first()
    with told(request):
        with noting() as noted:
            services.remove_one(item_id=item_id)
        name = f"{item.series.name} {entries.Brief.of(item).code}" if item else ""
        words = _("%s was removed from the queue.") % name
        tell(request, words, undo=undo_address(noted))
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def retry(request: HttpRequest, item_id: int) -> HttpResponse:
    with told(request):
        services.retry_one(item_id=item_id)
        tell(request, _("It is back in the queue."))
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def take(request: HttpRequest, item_id: int) -> HttpResponse:
    """The suspicious file of a failed item, as it is."""
    with told(request):
        services.take(item_id=item_id)
        tell(request, _("It is moved into the library as it is."))
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def discard(request: HttpRequest, item_id: int) -> HttpResponse:
    """The suspicious file of a failed item is given up."""
    with told(request):
        with noting() as noted:
            services.discard(item_id=item_id)
        tell(request, _("The suspicious file was discarded."), undo=undo_address(noted))
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    count = len(services.retry().ids)
    tell(
        request,
        ngettext("%d episode is tried again.", "%d episodes are tried again.", count) % count,
    )
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def clear(request: HttpRequest, status: str) -> HttpResponse:
    """Take the completed or the failed items off the page."""
    which = Status(status.upper())
    with noting() as noted:
        count = services.clear(status=which)
    tell(
        request,
        ngettext("%d entry taken off the list.", "%d entries taken off the list.", count) % count,
        undo=undo_address(noted),
    )
    return forward(request, "queue")


@needs(Right.OPERATE)
@require_POST
def add_episodes(request: HttpRequest, key: str) -> HttpResponse:
    """Queue the ticked episodes of one series, or all that it or one of its seasons misses."""
    priority = _priority(request)
    season = whole(request.POST.get("season", ""))
    with told(request):
        if "missing" in request.POST or season is not None:
            added = services.enqueue_missing(series_key=key, season=season, priority=priority)
        else:
            episodes = [ref for value in request.POST.getlist("episodes") if (ref := _ref(value))]
            added = services.enqueue(series_key=key, episodes=episodes, priority=priority)
        tell_added(request, [added])
    return forward(request, "series", key)


@needs(Right.OPERATE)
@require_POST
def add_missing(request: HttpRequest) -> HttpResponse:
    """Queue what the ticked series miss, as the library counts it: of monitored ones only."""
    added: list[Added] = []
    with told(request):
        for key in ticked_keys(request):
            added.append(services.enqueue_missing(series_key=key, only_monitored=True))
        if added:
            tell_added(request, added)
    return forward(request, "library")


def _ref(value: str) -> EpisodeRef | None:
    """``1-5`` → season 1, episode 5."""
    season, episode = map(whole, value.partition("-")[::2])
    if season is None or episode is None:
        return None
    return EpisodeRef(season, episode)


def _priority(request: HttpRequest) -> Priority:
    wanted = request.POST.get("priority", "")
    return Priority[wanted] if wanted in Priority.names else Priority.NORMAL
