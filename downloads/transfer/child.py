"""The process of a transfer: one job in, messages out, one result or error at the end."""

from __future__ import annotations

import importlib
import logging
import threading

from downloads.transfer import messages
from downloads.transfer.channel import standard_channel
from downloads.transfer.errors import TransferError
from downloads.transfer.fetch import fetch
from downloads.transfer.process import prepare
from providers.errors import ProviderError
from providers.parsing import make_ready
from providers.pools import trusting_context

# Needed once the site has answered, and not before: imported while the job is waited for, or while
# the site is being asked.
LATER = ("downloads.transfer.engines", "downloads.transfer.gate")


def main() -> int:
    """Do the job on standard input. Exit code 0 with a result or without a job, 1 else."""
    prepare()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    channel = standard_channel()
    threading.Thread(target=_have_what_comes_later, daemon=True).start()
    job = channel.read_job()
    if job is None:
        return 0
    try:
        result = fetch(job, channel)
    except (TransferError, ProviderError, OSError) as error:
        channel.send("error", messages.failure(error))
        return 1
    channel.send("result", result)
    return 0


def _have_what_comes_later() -> None:
    """Whoever needs one of them meanwhile waits for it, as with any import."""
    make_ready()  # the page of the site comes first
    for name in LATER:
        importlib.import_module(name)
    trusting_context()  # kept from now on
