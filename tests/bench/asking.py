"""Ask for addresses in the process that answers them, as the owner, and tell what each cost."""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import time
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aniworld.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - after django.setup()
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from accounts import services  # noqa: E402
from accounts.credentials import COOKIE  # noqa: E402
from aniworld.journal.actors import Actor, acting_as  # noqa: E402

ROUNDS = 15
WARMING = 2


class Cost(NamedTuple):
    """One answer: seconds of the processor and of the clock, questions to the database, bytes."""

    cpu: float
    wall: float
    queries: int
    size: int


def main(addresses: list[str]) -> None:
    client = _owner()
    runs: dict[str, list[tuple[float, float]]] = {address: [] for address in addresses}
    for number in range(WARMING + ROUNDS):
        for address, times in runs.items():
            spent = _ask(client, address)
            if number >= WARMING:
                times.append(spent)
    costs = {}
    for address, times in runs.items():
        cpu, wall = (statistics.median(column) for column in zip(*times, strict=True))
        costs[address] = Cost(cpu, wall, *_counted(client, address))
    print(json.dumps(costs))


def _owner() -> Client:
    facts = {"password": "!", "is_staff": True, "is_superuser": True}
    owner, _is_new = User.objects.get_or_create(username=services.OWNER, defaults=facts)
    client = Client(headers={"Accept-Language": "en"})
    with acting_as(Actor.command("bench")):
        client.cookies[COOKIE] = services.open_session(owner).token
    return client


def _ask(client: Client, address: str) -> tuple[float, float]:
    """Ask as a browser does, which takes compressed answers."""
    gc.collect()  # what others have left is not this one's
    began = time.process_time(), time.perf_counter()
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    spent = time.process_time() - began[0], time.perf_counter() - began[1]
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return spent


def _counted(client: Client, address: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    return len(asked), len(answer.content)


if __name__ == "__main__":
    main(sys.argv[1:])
