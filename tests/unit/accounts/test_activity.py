"""When a session was last used is noted by requests and written by none of them."""

from __future__ import annotations

import atexit
import threading
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import activity, services
from accounts.credentials import COOKIE
from accounts.models import UserSession

LONG_AGO = timezone.now() - timedelta(days=3)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_noted() -> None:
    activity._used.clear()
    activity._noted.clear()


@pytest.fixture
def session(owner: User) -> services.IssuedToken:
    """One that was not used for days."""
    issued = services.open_session(owner)
    UserSession.objects.update(last_activity=LONG_AGO)
    return issued


def last_use() -> datetime:
    return UserSession.objects.get().last_activity


def test_use_is_seen_at_once_and_written_later(
    session: services.IssuedToken, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    before = timezone.now()
    with django_assert_num_queries(1):
        used = services.session_for(session.token)
    assert used is not None
    assert used.last_activity >= before
    assert last_use() == LONG_AGO
    activity.write()
    assert last_use() == used.last_activity


def test_many_requests_are_one_write(
    session: services.IssuedToken, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.cookies[COOKIE] = session.token
    for _ in range(5):
        assert client.get("/api/auth/sessions").status_code == 200
    with django_assert_num_queries(3):  # begin, one update, end
        activity.write()
    with django_assert_num_queries(0):
        activity.write()


def test_what_another_process_has_seen_later_stays(session: services.IssuedToken) -> None:
    services.session_for(session.token)
    later = timezone.now() + timedelta(seconds=5)
    UserSession.objects.update(last_activity=later)
    activity.write()
    assert last_use() == later


def test_a_stranger_is_not_noted(session: services.IssuedToken) -> None:
    services.log_out(session.session)
    assert services.session_for(session.token) is None
    assert services.session_for("nonsense") is None
    assert not activity._used


def test_what_cannot_be_written_is_kept(
    session: services.IssuedToken, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    services.session_for(session.token)
    with monkeypatch.context() as broken:
        broken.setattr(UserSession._meta, "db_table", "no_such_table")
        activity.write()
    assert "use of sessions and keys not written" in caplog.text
    assert last_use() == LONG_AGO
    assert activity._noted.is_set()
    activity.write()
    assert last_use() > LONG_AGO


@pytest.mark.django_db(transaction=True)
def test_the_thread_writes_once_a_minute_and_rests_in_between(
    session: services.IssuedToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    asked, go, written = threading.Event(), threading.Semaphore(0), threading.Semaphore(0)

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        asked.set()
        go.acquire()

    def write() -> None:
        real()
        connection.close()
        written.release()

    real = activity.write
    monkeypatch.setattr(activity, "write", write)
    monkeypatch.setattr(atexit, "register", lambda _: None)
    activity.keep_writing(pause)
    assert not asked.wait(0.2)  # nobody has come
    services.session_for(session.token)
    assert asked.wait(10)
    assert last_use() == LONG_AGO
    go.release()
    assert written.acquire(timeout=60)
    assert last_use() > LONG_AGO
    assert pauses == [activity.WRITE_EVERY]
