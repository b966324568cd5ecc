"""The media servers: can they be told of what happens?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from aniworld.config import store
from aniworld.system.findings import Finding, Look
from aniworld.system.kinds import found
from aniworld.system.mediaservers.errors import FolderUnknown, MediaServerError
from aniworld.system.mediaservers.models import FolderToTell, ServerState
from aniworld.system.mediaservers.reading import listeners
from providers.coded import Coded, coded

# It may be off for the night, or be updated.
PATIENCE = timedelta(hours=12)


def media_servers(_look: Look) -> Iterator[Finding]:
    """What its owner has to mend at once, and what was not reached for long."""
    known = set(listeners(store.load()))
    for state in ServerState.objects.failing().filter(server__in=known):
        if (finding := _failing(state)) is not None:
            yield finding
    unknown = FolderToTell.objects.filter(error_code=FolderUnknown.code, server__in=known)
    for name in sorted(set(unknown.values_list("server", flat=True))):
        row = unknown.filter(server=name).order_by("id").first()
        if row is not None:
            reason: Coded = {"code": row.error_code, "params": row.error_params}
            said = coded("media_server_lacks_folder", server=name, reason=reason)
            yield found(said, about=name)


def _failing(state: ServerState) -> Finding | None:
    reason: Coded = {"code": state.error_code, "params": state.error_params}
    if state.error_code in _OF_THE_OWNER:
        return found(
            coded("media_server_refuses", server=state.server, reason=reason), about=state.server
        )
    since = timezone.now() - (state.failing_since or timezone.now())
    if since < PATIENCE:
        return None
    hours = int(since.total_seconds() // 3600)
    said = coded("media_server_away", server=state.server, hours=hours, reason=reason)
    return found(said, about=state.server)


_OF_THE_OWNER = frozenset(kind.code for kind in MediaServerError.__subclasses__() if kind.permanent)
