"""What the door writes into the journal: who came and went, and nothing that lets anybody in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from accounts import services
from accounts.clients import Client
from accounts.errors import InvalidCredentials, SessionUnknown
from aniworld.config.errors import ConfigNotWritten
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.choices import ActorKind
from aniworld.journal.models import Entry
from tests.unit.accounts.conftest import PASSWORD

CLIENT = Client("192.0.2.1", "a browser")
VISITOR = Actor(ActorKind.OWNER, name=CLIENT.address)


def entries() -> list[tuple[str, str, str]]:
    return list(Entry.objects.order_by("id").values_list("action", "actor_id", "actor_name"))


def test_who_sets_up_is_the_owner_from_then_on(db: None) -> None:
    with acting_as(VISITOR):
        owner = services.set_up(master_password=PASSWORD, providers=["aniworld"], client=CLIENT)
    me = (str(owner.pk), "admin")
    assert entries() == [("account.set_up", *me), ("config.changed", *me)]
    assert Entry.objects.earliest("id").after == {"address": "192.0.2.1"}


def test_a_setup_that_could_not_be_finished_is_withdrawn(db: None, settings: Settings) -> None:
    (settings.DATA_DIR / "config.json").write_text("{}")
    (settings.DATA_DIR / "config_backups").write_text("in the way")
    with acting_as(VISITOR), pytest.raises(ConfigNotWritten):
        services.set_up(master_password=PASSWORD, providers=["aniworld"], client=CLIENT)
    assert not User.objects.exists()
    assert [action for action, *_ in entries()] == ["account.set_up", "account.setup_withdrawn"]


def test_who_logs_in_is_known_from_then_on(owner: User) -> None:
    with acting_as(VISITOR):
        issued = services.log_in(password=PASSWORD, remember=True, client=CLIENT)
        with pytest.raises(InvalidCredentials):
            services.log_in(password="a wrong one", client=CLIENT)
    assert entries() == [("session.opened", str(owner.pk), "admin")]
    entry = Entry.objects.get()
    assert entry.after == {
        **{"session": str(issued.session.session_id), "address": "192.0.2.1", "remember": True},
    }


def test_sessions_end_with_a_reason(owner: User) -> None:
    first, second = services.open_session(owner), services.open_session(owner)
    Entry.objects.all().delete()
    services.log_out(first.session)
    services.revoke_session(owner, str(second.session.session_id))
    with pytest.raises(SessionUnknown):
        services.revoke_session(owner, str(second.session.session_id))
    ended = Entry.objects.order_by("id").values_list("reason_code", "before__session")
    assert list(ended) == [
        ("logged_out", str(first.session.session_id)),
        ("session_revoked", str(second.session.session_id)),
    ]


def test_a_password_is_changed_and_nothing_of_it_is_kept(owner: User) -> None:
    kept, other = services.open_session(owner), services.open_session(owner)
    new = f"{PASSWORD}-new"
    services.change_password(
        kept.session, current_password=PASSWORD, new_password=new, client=CLIENT
    )
    changed = Entry.objects.newest_first()[0]
    assert (changed.action, changed.after) == ("account.password_changed", {"sessions_ended": 1})
    owner.refresh_from_db()
    everything = str(list(Entry.objects.values()))
    for secret in (PASSWORD, new, owner.password, kept.token, other.token):
        assert secret not in everything
