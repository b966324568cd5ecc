"""How often an address may try, over all processes and restarts: all is in the database."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts import throttle
from accounts.clients import Client
from accounts.errors import TooManyTries
from accounts.models import LoginTries

pytestmark = pytest.mark.django_db
ADDRESS = Client("192.0.2.1")


def minutes_pass(minutes: float) -> None:
    """Move what is kept into the past."""
    for tries in LoginTries.objects.all():
        tries.recent = [moment - minutes * 60 for moment in tries.recent]
        if tries.locked_until:
            tries.locked_until -= timedelta(minutes=minutes)
        tries.save()
        LoginTries.objects.filter(pk=tries.pk).update(
            updated_at=timezone.now() - timedelta(minutes=minutes)
        )


def try_wrongly(client: Client = ADDRESS) -> None:
    throttle.admit(client)
    throttle.failed(client)


def test_five_tries_a_minute_and_no_more() -> None:
    for _ in range(5):
        throttle.admit(ADDRESS)
    with pytest.raises(TooManyTries) as refused:
        throttle.admit(ADDRESS)

    assert 55 < refused.value.retry_after <= 60
    throttle.admit(Client("192.0.2.2"))
    minutes_pass(1.01)
    throttle.admit(ADDRESS)


def test_the_minute_slides() -> None:
    for _ in range(4):
        throttle.admit(ADDRESS)
    minutes_pass(0.9)
    throttle.admit(ADDRESS)
    minutes_pass(0.2)
    for _ in range(4):
        throttle.admit(ADDRESS)
    with pytest.raises(TooManyTries):
        throttle.admit(ADDRESS)


def test_the_lockout_grows_and_ends_at_an_hour() -> None:
    waits = []
    for _ in range(5):
        try_wrongly()
    for _ in range(8):
        with pytest.raises(TooManyTries) as refused:
            throttle.admit(ADDRESS)
        waits.append(round(refused.value.retry_after / 60))
        minutes_pass(waits[-1] + 0.1)
        try_wrongly()

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_the_right_password_forgets_the_wrong_ones() -> None:
    for _ in range(4):
        try_wrongly()
    throttle.admit(ADDRESS)
    throttle.succeeded(ADDRESS)
    minutes_pass(1.01)
    try_wrongly()

    throttle.admit(ADDRESS)
    assert LoginTries.objects.get().failures == 1


def test_a_day_forgets_all() -> None:
    for _ in range(5):
        try_wrongly()
    minutes_pass(60 * 25)
    throttle.admit(ADDRESS)

    assert LoginTries.objects.get().failures == 0


@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_all_counted() -> None:
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def attempt() -> None:
        together.wait()
        try:
            throttle.admit(ADDRESS)
            outcomes.append("admitted")
        except TooManyTries:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (outcomes.count("admitted"), outcomes.count("refused")) == (5, 3)


def test_an_ipv6_client_cannot_hop_within_its_network() -> None:
    for number in range(5):
        throttle.admit(Client(f"2001:db8::{number}"))
    with pytest.raises(TooManyTries):
        throttle.admit(Client("2001:db8::ffff"))
    throttle.admit(Client("2001:db8:0:1::1"))


def test_a_client_without_an_address_is_counted_too() -> None:
    for _ in range(5):
        throttle.admit(Client(""))
    with pytest.raises(TooManyTries):
        throttle.admit(Client(""))


def test_a_clock_set_back_makes_nobody_wait_longer() -> None:
    for _ in range(5):
        try_wrongly()
    with pytest.raises(TooManyTries):
        throttle.admit(ADDRESS)
    minutes_pass(-60)
    throttle.admit(ADDRESS)


def test_so_many_addresses_are_kept_and_those_that_must_wait_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(throttle, "MOST_KEPT", 3)
    for _ in range(5):
        try_wrongly()  # this one has to wait
    for number in range(2, 12):
        throttle.admit(Client(f"192.0.2.{number}"))
        assert LoginTries.objects.count() <= 4  # with the one that has just come
    with pytest.raises(TooManyTries):
        throttle.admit(ADDRESS)
    kept = set(LoginTries.objects.values_list("address", flat=True))
    assert kept == {"192.0.2.1", "192.0.2.9", "192.0.2.10", "192.0.2.11"}
