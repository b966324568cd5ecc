"""The process of a transfer: one job in, messages out, one result or error at the end."""

from __future__ import annotations

import logging
import resource
from typing import Any

from downloads.transfer import messages
from downloads.transfer.channel import Channel, standard_channel
from downloads.transfer.errors import TransferError, from_os_error
from downloads.transfer.messages import Failure
from providers.errors import ProviderError

# What comes from outside may be without end: better this process fails than the machine.
MOST_MEMORY = 1_000_000_000


def main() -> int:
    """Do the job on standard input. Exit code 0 with a result, 1 without."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    channel = standard_channel()
    kind, body = channel.read_job()
    try:
        result = _run(kind, body, channel)
    except (TransferError, ProviderError, OSError) as error:
        channel.send("error", failure(error))
        return 1
    channel.send("result", result)
    return 0


def _run(kind: str, body: dict[str, Any], channel: Channel) -> Any:
    # Imported one or the other: each half needs memory that the other would only carry along.
    if kind == "fetch":
        from downloads.transfer.fetch import fetch  # noqa: PLC0415

        return fetch(messages.fetch_job(body), channel)
    from downloads.transfer.finish import finish  # noqa: PLC0415

    job = messages.finish_job(body)
    return finish(job, lambda stage: channel.send("stage", {"stage": stage}))


def failure(error: TransferError | ProviderError | OSError) -> Failure:
    """An error as the worker is told of it."""
    if isinstance(error, OSError):
        error = from_os_error(error)
    return Failure(
        code=error.code,
        params=error.params,
        permanent=error.permanent,
        whole_site=getattr(error, "whole_site", False),
        one_page=getattr(error, "one_page", False),
        is_sources_fault=getattr(error, "is_sources_fault", False),
        retry_after=getattr(error, "retry_after", None),
    )
