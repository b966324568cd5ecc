"""``manage.py setpassword``, for those who forgot."""

from __future__ import annotations

import getpass
import io
import sys

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from accounts import services, throttle
from accounts.clients import Client
from accounts.errors import TooManyTries
from tests.unit.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(monkeypatch: pytest.MonkeyPatch, given: str, *arguments: str) -> str:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    call_command("setpassword", *arguments, stdout=output)
    return output.getvalue()


def test_a_new_password_from_standard_input(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = services.open_session(owner)

    assert "admin is changed" in run(monkeypatch, "a new  password \n")
    assert services.session_for(issued.token) is None
    assert services.log_in(password="a new  password ")


def test_asked_for_twice_on_a_terminal(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["a new password", "another one", "a new password", "a new password"])
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(answers))
    monkeypatch.setattr(sys, "stdin", Terminal())

    with pytest.raises(CommandError, match="differ"):
        call_command("setpassword", stdout=io.StringIO())
    call_command("setpassword", stdout=io.StringIO())

    assert services.log_in(password="a new password")


@pytest.mark.parametrize(
    ("given", "arguments", "words"),
    [
        ("short\n", [], "too short"),
        ("", [], "too short"),
        ("a new password\n", ["nobody"], "no user nobody"),
    ],
)
def test_what_it_refuses(
    owner: User,
    monkeypatch: pytest.MonkeyPatch,
    given: str,
    arguments: list[str],
    words: str,
) -> None:
    with pytest.raises(CommandError, match=words):
        run(monkeypatch, given, *arguments)
    assert services.log_in(password=PASSWORD)


def test_before_setup_there_is_nothing_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="/setup"):
        run(monkeypatch, "a new password\n")


def test_it_lifts_every_lockout(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    guesser = Client("192.0.2.1")
    for _ in range(5):
        throttle.admit(guesser)
        throttle.failed(guesser)
    with pytest.raises(TooManyTries):
        services.log_in(password=PASSWORD, client=guesser)
    run(monkeypatch, "a new password\n")

    assert services.log_in(password="a new password", client=guesser)
