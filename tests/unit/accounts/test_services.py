"""Setup, login, sessions and passwords, below pages and API."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import services, throttle, tokens
from accounts.clients import Client
from accounts.errors import (
    AlreadyConfigured,
    InvalidCredentials,
    NotConfigured,
    SessionUnknown,
    TooManyTries,
    Unacceptable,
)
from accounts.models import LoginTries, UserSession
from aniworld import settings as real_settings
from aniworld.config import store
from aniworld.config.errors import ConfigNotWritten
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.choices import ActorKind
from providers.registry import site_entries
from tests.unit.accounts.conftest import PASSWORD

CLIENT = Client("192.0.2.1", "a browser")


def set_up(**fields: Any) -> User:
    given: dict[str, Any] = {"master_password": PASSWORD, "client": CLIENT}
    return services.set_up(**given | fields)


def log_in(**fields: Any) -> services.IssuedToken:
    given: dict[str, Any] = {"password": PASSWORD, "client": CLIENT}
    return services.log_in(**given | fields)


# --- setup


def test_setup_makes_the_owner_and_the_first_configuration(db: None, tmp_path: Path) -> None:
    names = list(site_entries({}))
    assert not services.is_configured()

    owner = set_up(anime_directory=str(tmp_path), providers=names[::-1])

    assert services.is_configured()
    assert (owner.username, owner.is_superuser, owner.is_staff) == ("admin", True, True)
    config = store.load()
    assert config.library.directories == (str(tmp_path),)
    by_position = sorted(config.providers.sites, key=lambda n: config.providers.sites[n].position)
    assert by_position == names[::-1]
    assert all(site.enabled for site in config.providers.sites.values())


def test_no_provider_is_on_that_was_not_chosen(db: None) -> None:
    set_up()

    assert not any(site.enabled for site in store.load().providers.sites.values())


def test_setup_is_done_once_only(owner: User) -> None:
    with pytest.raises(AlreadyConfigured):
        set_up(master_password="another password")

    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"master_password": "short"}, "master_password", "password_too_short"),
        ({"master_password": "password123"}, "master_password", "password_too_common"),
        ({"master_password": "x" * 1025}, "master_password", "password_too_long"),
        ({"master_password": "broken \ud800 one"}, "master_password", "invalid"),
        ({"anime_directory": "/does/not/exist"}, "anime_directory", "invalid"),
        ({"anime_directory": __file__}, "anime_directory", "invalid"),
        ({"anime_directory": "relative"}, "anime_directory", "invalid"),
        ({"providers": ["nobody"]}, "providers", "unknown"),
    ],
)
def test_setup_names_what_is_wrong_and_changes_nothing(
    db: None, fields: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        set_up(**fields)

    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]
    assert not services.is_configured()
    assert store.load().version == 0


def test_setup_names_all_that_is_wrong_at_once(db: None) -> None:
    with pytest.raises(Unacceptable) as refused:
        set_up(master_password="short", anime_directory="/does/not/exist", providers=["nobody"])

    fields = {error.field for error in refused.value.errors}
    assert fields == {"master_password", "anime_directory", "providers"}


def test_when_the_configuration_cannot_be_written_setup_can_be_done_again(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    (settings.DATA_DIR / "config.json").write_text("{}")
    (settings.DATA_DIR / "config_backups").write_text("in the way")

    with pytest.raises(ConfigNotWritten):
        set_up(anime_directory=str(tmp_path))

    assert not services.is_configured()


@pytest.mark.django_db(transaction=True)
def test_of_two_setups_at_once_one_wins() -> None:
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def attempt(number: int) -> None:
        try:
            together.wait()
            with acting_as(Actor(ActorKind.OWNER)):  # a thread begins with nobody
                password, client = f"correct horse {number}", Client(f"192.0.2.{number}")
                set_up(master_password=password, client=client)
            outcomes.append("done")
        except AlreadyConfigured:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "refused"]
    assert User.objects.count() == 1


# --- login


def test_login_opens_a_session_of_the_set_length(owner: User, settings: Settings) -> None:
    settings.SESSION_TIMEOUT_HOURS = 3
    issued = log_in()

    session = UserSession.objects.get()
    assert services.session_for(issued.token) == session
    assert (session.user, session.ip_address, session.user_agent) == (
        owner,
        *("192.0.2.1", "a browser"),
    )
    assert timedelta(hours=2.9) < issued.expires_at - timezone.now() <= timedelta(hours=3)
    assert tokens.decode(issued.token).expires_at == session.expires_at
    owner.refresh_from_db()
    assert owner.last_login is not None


def test_a_remembered_login_lasts_thirty_days(owner: User) -> None:
    left = log_in(remember=True).expires_at - timezone.now()

    assert timedelta(days=29.9) < left <= timedelta(days=30)


def test_the_token_itself_is_not_kept(owner: User) -> None:
    issued = log_in()
    row = json.dumps(UserSession.objects.values().get(), default=str)

    assert issued.token not in row
    assert issued.token.rsplit(".", 1)[1] not in row


def test_nobody_logs_in_before_setup(db: None) -> None:
    with pytest.raises(NotConfigured):
        log_in()


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "wrong"},
        {"password": ""},
        {"password": f" {PASSWORD}"},
        {"password": "x" * 100_000},
        {"username": "nobody"},
        {"username": "ADMIN"},
    ],
)
def test_a_wrong_login_is_refused_without_saying_why(owner: User, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        log_in(**fields)

    assert str(refused.value) == "The password is not right."
    assert not UserSession.objects.exists()
    assert LoginTries.objects.get().failures == 1


def test_another_active_user_may_log_in_and_a_disabled_one_not(owner: User) -> None:
    guest = User.objects.create_user("guest", password="another password")
    issued = log_in(username="guest", password="another password")
    assert services.session_for(issued.token) is not None

    User.objects.filter(pk=guest.pk).update(is_active=False)

    assert services.session_for(issued.token) is None
    with pytest.raises(InvalidCredentials):
        log_in(username="guest", password="another password")


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(owner: User) -> None:
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            log_in(password="wrong")
    with pytest.raises(TooManyTries):
        log_in()

    assert log_in(client=Client("192.0.2.2")).token


def test_typing_errors_at_setup_do_not_count_against_the_first_login(
    db: None, tmp_path: Path
) -> None:
    for _ in range(4):
        with pytest.raises(Unacceptable):
            set_up(anime_directory="/does/not/exist")
    set_up(anime_directory=str(tmp_path))
    with pytest.raises(InvalidCredentials):
        log_in(password="wrong")

    assert log_in().token


def test_long_passwords_are_not_cut(owner: User) -> None:
    services.set_password(owner, "x" * 72 + "right")

    with pytest.raises(InvalidCredentials):
        log_in(password="x" * 72 + "wrong")
    assert log_in(password="x" * 72 + "right")


def test_passwords_are_hashed_with_bcrypt_over_sha256(db: None, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = real_settings.PASSWORD_HASHERS

    assert set_up().password.startswith("bcrypt_sha256$$2b$12$")


# --- sessions


def test_a_live_session_costs_one_query(
    owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    issued = log_in()

    with django_assert_num_queries(1):
        assert services.session_for(issued.token) is not None


def test_a_session_ends_by_logout_expiry_or_deletion(owner: User) -> None:
    logged_out, expired, deleted = (log_in() for _ in range(3))

    services.log_out(logged_out.session)
    UserSession.objects.filter(pk=expired.session.pk).update(expires_at=timezone.now())
    deleted.session.delete()

    for issued in (logged_out, expired, deleted):
        assert services.session_for(issued.token) is None


def test_a_token_counts_for_its_own_session_only(owner: User) -> None:
    issued = log_in()
    claims = tokens.decode(issued.token)
    forged = tokens.encode(tokens.Claims("999", claims.session_id, claims.expires_at))

    assert services.session_for(forged) is None
    assert services.session_for("nonsense") is None


def test_one_session_of_several_can_be_ended(owner: User) -> None:
    first, second = log_in(), log_in()
    services.revoke_session(owner, str(first.session.session_id))

    assert services.session_for(first.token) is None
    assert list(services.sessions_of(owner)) == [second.session]


def test_nobody_ends_the_sessions_of_others(owner: User) -> None:
    guest = User.objects.create_user("guest")
    issued = log_in()

    for session_id in (str(issued.session.session_id), "nonsense", str(guest.pk)):
        with pytest.raises(SessionUnknown):
            services.revoke_session(guest, session_id)
    assert services.session_for(issued.token) is not None


def test_expired_sessions_are_deleted_at_the_next_login(owner: User) -> None:
    old = log_in()
    UserSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    log_in()

    assert not UserSession.objects.filter(pk=old.session.pk).exists()


# --- passwords


def test_changing_the_password_ends_the_other_sessions(owner: User) -> None:
    here, there = log_in(), log_in()
    services.change_password(
        here.session, current_password=PASSWORD, new_password="a new password", client=CLIENT
    )

    assert services.session_for(here.token) is not None
    assert services.session_for(there.token) is None
    assert log_in(password="a new password")


def test_a_password_changed_anywhere_ends_all_sessions(owner: User) -> None:
    issued = log_in()
    owner.set_password("set by some other code")
    owner.save()

    assert services.session_for(issued.token) is None


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("wrong", "a new password", "current_password"), (PASSWORD, "short", "new_password")],
)
def test_a_password_is_not_changed_wrongly(owner: User, current: str, new: str, field: str) -> None:
    issued = log_in()
    with pytest.raises(Unacceptable) as refused:
        services.change_password(
            issued.session, current_password=current, new_password=new, client=CLIENT
        )

    assert [error.field for error in refused.value.errors] == [field]
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_guessing_the_current_password_is_slowed_down(owner: User) -> None:
    issued = services.open_session(owner)
    for _ in range(5):
        with pytest.raises(Unacceptable):
            services.change_password(
                issued.session, current_password="wrong", new_password="x", client=CLIENT
            )
    with pytest.raises(TooManyTries):
        services.change_password(
            issued.session, current_password=PASSWORD, new_password="a new one", client=CLIENT
        )


# --- constraints


@pytest.mark.parametrize("field", ["session_id", "token_hash"])
def test_two_sessions_never_share(owner: User, field: str) -> None:
    first, second = log_in().session, log_in().session
    with pytest.raises(IntegrityError), transaction.atomic():
        UserSession.objects.filter(pk=second.pk).update(**{field: getattr(first, field)})


@pytest.mark.parametrize("field", ["token_hash", "password_mark"])
def test_a_session_is_bound_to_a_token_and_a_password(owner: User, field: str) -> None:
    log_in()
    with pytest.raises(IntegrityError), transaction.atomic():
        UserSession.objects.update(**{field: ""})


def test_an_address_has_one_row_and_counts_upwards(db: None) -> None:
    LoginTries.objects.create(address="192.0.2.1")
    with pytest.raises(IntegrityError), transaction.atomic():
        LoginTries.objects.create(address="192.0.2.1")
    with pytest.raises(IntegrityError), transaction.atomic():
        LoginTries.objects.create(address="192.0.2.2", failures=-1)


def test_the_sessions_of_a_deleted_user_go_with_it(owner: User) -> None:
    log_in()
    owner.delete()

    assert not UserSession.objects.exists()


def test_a_viewer_fills_no_disk_with_logins_and_passwords(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "ACTS_PER_HOUR", 3)
    guest = User.objects.create_user("guest", password=PASSWORD)
    clients = [Client(f"192.0.2.{number}") for number in range(1, 6)]
    issued = [log_in(username="guest", client=client) for client in clients[:3]]
    with pytest.raises(TooManyTries):
        log_in(username="guest", client=clients[3])
    with pytest.raises(TooManyTries):
        services.change_password(
            issued[0].session,
            current_password=PASSWORD,
            new_password="another lantern",
            client=clients[4],
        )
    assert UserSession.objects.filter(user=guest).count() == 3
    for client in clients[:4]:  # nobody else is worse off
        log_in(client=client)
