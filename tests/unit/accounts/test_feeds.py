"""The key of a calendar feed: one a user, which opens that and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.utils import timezone

from accounts import activity, feeds, services, throttle
from accounts.clients import Client
from accounts.errors import FeedUnknown, InvalidCredentials, TooManyTries
from accounts.models import FeedKey, LoginTries
from aniworld.journal.actors import Actor, acting_as
from aniworld.journal.models import Entry

pytestmark = pytest.mark.django_db
HOME = Client(address="192.0.2.7")
WRONG = feeds.PREFIX + "x" * 43


@pytest.fixture
def user() -> User:
    return User.objects.create(username="guest", password="!")


def issue(user: User) -> str:
    with acting_as(Actor.command("test")):
        return feeds.issue(user).secret


def test_only_the_newest_key_opens_the_feed(user: User) -> None:
    old, new = issue(user), issue(user)
    assert feeds.holder_of(new, HOME) == user
    for secret in (old, new[:-1], new + "x", new.swapcase(), "", "a" * 5_000):
        with pytest.raises(FeedUnknown):
            feeds.holder_of(secret, HOME)
    feeds.revoke(user)
    with pytest.raises(FeedUnknown):
        feeds.holder_of(new, HOME)
    with pytest.raises(FeedUnknown):
        feeds.revoke(user)
    assert feeds.key_of(user) is None


def test_it_opens_nothing_for_whoever_may_not_log_in(user: User) -> None:
    secret = issue(user)
    User.objects.update(is_active=False)
    with pytest.raises(FeedUnknown):
        feeds.holder_of(secret, HOME)


def test_nothing_keeps_the_key_itself(user: User) -> None:
    secret = issue(user)
    feeds.revoke(user)
    second = issue(user)
    rows = str([*FeedKey.objects.values(), *Entry.objects.values()])
    assert secret not in rows
    assert second not in rows
    told = [entry.action for entry in Entry.objects.order_by("id") if entry.object_name == "guest"]
    assert told == ["key.feed_issued", "key.feed_revoked", "key.feed_issued"]
    assert all(entry.number is not None for entry in Entry.objects.all())  # of the audit part


def test_when_it_was_used_is_kept(user: User) -> None:
    feeds.holder_of(issue(user), HOME)
    activity.write()
    assert timezone.now() - FeedKey.objects.get().last_activity < timedelta(minutes=1)  # type: ignore[operator]


def test_wrong_keys_are_throttled_and_no_login_is(user: User) -> None:
    """A telephone that goes on with an old key must not close the door to its owner."""
    secret = issue(user)
    for _ in range(throttle.TRIES_PER_MINUTE):
        with pytest.raises(FeedUnknown):
            feeds.holder_of(WRONG, HOME)
    with pytest.raises(TooManyTries) as refused:
        feeds.holder_of(WRONG, HOME)
    assert refused.value.retry_after > 50
    tries = LoginTries.objects.get()
    assert tries.failures == throttle.TRIES_PER_MINUTE
    assert tries.locked_until is not None
    assert feeds.holder_of(secret, HOME) == user  # another program at the same address
    with pytest.raises(FeedUnknown):
        feeds.holder_of(WRONG, Client(address="192.0.2.8"))
    User.objects.create(username=services.OWNER, password="!", is_superuser=True)
    with pytest.raises(InvalidCredentials):
        services.log_in(password="wrong", client=HOME)
    assert set(LoginTries.objects.values_list("address", flat=True)) == {
        *("feed 192.0.2.7", "feed 192.0.2.8", "192.0.2.7"),
    }


def test_what_cannot_be_a_key_is_no_try() -> None:
    for secret in ("", "x", WRONG[:-1], f"{WRONG}x", "y" * len(WRONG)):
        with pytest.raises(FeedUnknown):
            feeds.holder_of(secret, HOME)
    assert not LoginTries.objects.exists()


def test_a_network_of_ipv6_counts_as_one(user: User) -> None:
    for last in range(throttle.TRIES_PER_MINUTE):
        with pytest.raises(FeedUnknown):
            feeds.holder_of(WRONG, Client(address=f"2001:db8:aaaa:bbbb:cccc:dddd:eeee:{last:x}"))
    with pytest.raises(TooManyTries):
        feeds.holder_of(WRONG, Client(address="2001:db8:aaaa:bbbb::1"))
    assert LoginTries.objects.get().address == "feed 2001:db8:aaaa:bbbb::/64"


def test_it_is_no_key_of_the_api(user: User) -> None:
    secret = issue(user)
    for headers in ({"X-Api-Key": secret}, {"Authorization": f"Bearer {secret}"}):
        assert Browser().get("/api/queue/status", headers=headers).status_code == 401
    assert Browser().get(f"/calendar?key={secret}").status_code == 302
    assert Browser().get(f"/api/calendar?key={secret}").status_code == 401


def test_nobody_floods_the_journal_with_new_keys(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "ACTS_PER_HOUR", 3)
    with acting_as(Actor.command("test")):
        for _ in range(3):
            feeds.issue(user)
    Entry.objects.update(actor_kind="OWNER", actor_id=str(user.pk))
    with pytest.raises(TooManyTries):
        issue(user)
