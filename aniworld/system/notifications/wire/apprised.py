"""A message by way of Apprise."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from aniworld.system.notifications.wire import services
from aniworld.system.notifications.wire.confinement import NotHere, confine
from aniworld.system.notifications.wire.errors import AddressUnusable, Confined, ServiceFailed
from aniworld.system.notifications.wire.messages import Answer, Job
from providers.coded import CodedError, foreign

_SHORTEST_SECRET = 4
_HIDDEN = "…"
# How chats are made to call people together: @everyone, <@id>, <!channel>. A sign without width in
# between leaves the words as they look.
_CALL = re.compile(r"@(?=[\w&!])|<(?=[@!#&])")
_NO_WIDTH = "\u200b"
_BORDERS = r"[\s/:@?&=#,;]+"


def check(address: str) -> None:
    """Whether Apprise can send there; nothing is sent. Raises ``AddressUnusable``."""
    _target(address)


def send(job: Job) -> Answer:
    """Send it once."""
    target = _target(job.address)
    body, written = as_it_writes(target, calling_nobody(job.body))
    title = calling_nobody(job.title)
    with _listening() as said:
        try:
            is_taken = bool(target.notify(body=body, title=title, body_format=written))
        except NotHere:
            return Answer(Confined().as_json())
    if is_taken:
        return Answer()
    return Answer(_why(target, said, job.address).as_json())


def calling_nobody(words: str) -> str:
    """Words in which a site cannot have called a series after a room full of people."""
    return _CALL.sub(lambda found: found[0] + _NO_WIDTH, words)


def as_it_writes(target: Any, words: str) -> tuple[str, Any]:
    """Plain words as a service takes them, and the name of that format: what sites call their
    series is shown as it is, and no mark of the service. Not every one of them does that itself."""
    from apprise import NotifyFormat  # noqa: PLC0415 - as below
    from apprise.conversion import convert_between  # noqa: PLC0415 - as below

    written = target.resolve_format(NotifyFormat.TEXT)
    convert: Any = convert_between  # it has no types
    return convert(NotifyFormat.TEXT, written, words), written


def _target(address: str) -> Any:
    """The service of an address, set up. Raises ``AddressUnusable``."""
    services.check(address)
    import apprise  # noqa: PLC0415 - two seconds that a webhook does without

    confine()
    service = services.service_of(address)
    asset = apprise.AppriseAsset(
        app_id="Aniworld",
        app_desc="Aniworld",
        app_url="",
        async_mode=False,
        http_redirects=False,
        interpret_escapes=False,
        plugin_paths=[],
        secure_logging=True,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    found = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if found is None:
        raise AddressUnusable(why="unknown", service=service)
    named = str(next(iter(_schemas(found)), service))
    if services.LOCAL.intersection(_schemas(found)):
        raise AddressUnusable(why="local", service=named)
    if not getattr(found, "enabled", True):
        raise AddressUnusable(why="missing", service=named)
    if not getattr(found, "verify_certificate", True):
        raise AddressUnusable(why="option", option="verify")
    return found


def _schemas(found: Any) -> list[str]:
    """All names of a service: an address may come by another one than it is written with."""
    names: list[str] = []
    for told in (found.protocol, found.secure_protocol):
        names += [told] if isinstance(told, str) else list(told or ())
    return names


@contextmanager
def _listening() -> Iterator[list[str]]:
    """What Apprise logs meanwhile: it says no other way why something was not taken."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if len(said) < 20:
                said.append(record.getMessage()[:500])

    logger, ear = logging.getLogger("apprise"), Ear(level=logging.WARNING)
    logger.addHandler(ear)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(ear)


def _why(target: Any, said: list[str], address: str) -> CodedError:
    service = str(target.service_name)
    if not said:
        return ServiceFailed(why="silent", service=service)
    return ServiceFailed(service=service, reason=foreign(_without_secrets(said[0], address)))


def _without_secrets(words: str, address: str) -> str:
    """What somebody else says, without any part of the address."""
    known = re.split(_BORDERS, address)
    known += [unquote(part) for part in known] + re.split(_BORDERS, unquote(address))
    parts = {part for part in known if len(part) >= _SHORTEST_SECRET}
    for part in sorted(parts - {services.service_of(address)}, key=len, reverse=True):
        words = words.replace(part, _HIDDEN)
    return words
