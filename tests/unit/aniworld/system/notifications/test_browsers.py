"""Browsers that are told by web push, with real processes and a real push service."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import services as accounts
from accounts.clients import Client as Visitor
from accounts.credentials import COOKIE
from accounts.models import Preferences, UserSession
from accounts.rights import grant
from aniworld.config import store
from aniworld.events import cursors
from aniworld.journal.models import Entry
from aniworld.system.notifications import gathering, recipients, services
from aniworld.system.notifications.browsers import services as browsers
from aniworld.system.notifications.browsers.keys import push_key
from aniworld.system.notifications.browsers.offered import looked_at
from aniworld.system.notifications.browsers.services import MOST_OF_A_USER, Visit
from aniworld.system.notifications.children import Process
from aniworld.system.notifications.choices import Kind
from aniworld.system.notifications.errors import (
    BrowserNotFound,
    BrowserUnusable,
    TooManyBrowsers,
)
from aniworld.system.notifications.gathering import READER
from aniworld.system.notifications.models import Browser, Delivery, TargetState
from aniworld.system.notifications.sender import Sender
from aniworld.system.notifications.wire import pushed
from aniworld.system.notifications.wire.messages import Answer, Job, Push
from aniworld.web.rights import Right
from aniworld.web.texts import text_of
from tests.push_service import FakeBrowser, PushService, encoded

from .happening import arrived, failed
from .test_sender import Clock, settled

pytestmark = pytest.mark.django_db

LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    settings.ALLOW_PRIVATE_HOSTS = LOOPBACK
    with PushService() as running:
        yield running


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("viewer", password="lantern-otter")


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Here:
    """Sends within the test's process what another one is given, so that a machine that has much
    to do keeps nobody waiting. ``test_a_process_sends_it`` has a real one.
    """

    def __init__(self, job: Job, *, limit: float = 0.0) -> None:  # noqa: ARG002 - as the real one
        self._told = pushed.send(Job.decoded(job.encoded())).encoded()

    def is_over(self) -> bool:
        return True

    def answer(self) -> Answer:
        return Answer.decoded(self._told)

    wait = answer

    def kill(self) -> None:
        return


@pytest.fixture
def sender(clock: Clock) -> Sender:
    return Sender(begin=Here, now=clock)


@pytest.fixture(autouse=True)
def tests_are_sent_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "Process", Here)


@pytest.fixture
def session(user: User) -> UserSession:
    return accounts.open_session(user, client=Visitor()).session


Add = Callable[..., Browser]


@pytest.fixture
def add(service: PushService, user: User, session: UserSession) -> Add:
    """Adds a browser that is told each thing at once; what happened before is told to nobody."""

    def made(name: str = "phone", **values: Any) -> Browser:
        browser = service.browser(name)
        visit = Visit(user, session, "Firefox 140 · Linux", "en", "https://aniworld.example")
        row = browsers.add_browser(visit, looked_at(**browser.offer))
        cursors.place_of(READER)
        return browsers.change_browser(user, row.pk, {"pace": "EACH", **values})

    return made


def test_a_browser_reads_what_arrived(add: Add, service: PushService, sender: Sender) -> None:
    row = add()
    arrived(4)
    settled(sender)
    assert service.refused == []
    [taken] = service.taken
    delivery = Delivery.objects.get()
    assert taken.told == {
        "id": str(delivery.message_id),
        "event": "DOWNLOAD_COMPLETE",
        "title": "Downloaded",
        "body": "Moon S01E04 has arrived.",
        "page": "series/moon",
        "lang": "en",
    }
    assert (delivery.target, delivery.state) == (row.target, "SENT")
    assert taken.claims["sub"] == "https://aniworld.example"
    assert taken.key == push_key().public
    assert taken.headers["TTL"] == "86400"
    assert taken.headers["Urgency"] == "normal"
    assert taken.headers["Content-Encoding"] == "aes128gcm"


def test_a_process_sends_it(service: PushService) -> None:
    phone, sealed = service.browser(), push_key()
    push = Push(phone.p256dh, phone.auth, sealed.private, "https://a.example", 60, False, LOOPBACK)
    job = Job(kind="PUSH", address=phone.endpoint, body='{"title": "Äpfel"}', push=push)
    assert Process(job, limit=200).wait().error is None
    [taken] = service.taken
    assert (taken.told, taken.key) == ({"title": "Äpfel"}, sealed.public)


def test_what_failed_wakes_a_phone(add: Add, service: PushService, sender: Sender) -> None:
    add()
    failed(1)
    settled(sender)
    [taken] = service.taken
    assert taken.headers["Urgency"] == "high"
    assert taken.told["page"] == "queue"


def test_only_what_was_chosen_is_told(add: Add, service: PushService, sender: Sender) -> None:
    add(events=["DOWNLOAD_FAILED"])
    arrived(1)
    failed(2)
    settled(sender)
    assert [taken.told["event"] for taken in service.taken] == ["DOWNLOAD_FAILED"]


def test_a_digest_is_one_message(
    add: Add, service: PushService, sender: Sender, clock: Clock
) -> None:
    add(pace="DIGEST")
    for number in range(1, 4):
        arrived(number)
    sender.turn()
    assert service.taken == []
    clock.now += timedelta(minutes=2)
    settled(sender)
    [taken] = service.taken
    assert taken.told["title"] == "Downloaded (3)"


def test_quiet_hours_hold_back(
    add: Add, service: PushService, sender: Sender, clock: Clock
) -> None:
    clock.now = timezone.localtime(clock.now).replace(hour=23, minute=0)
    add(quiet_hours="22:00-07:00")
    failed(1)
    sender.turn()
    clock.now += timedelta(minutes=5)
    settled(sender)
    assert service.taken == []
    clock.now += timedelta(hours=9)
    settled(sender)
    assert len(service.taken) == 1


def test_it_is_told_in_the_language_of_its_user(
    add: Add, user: User, service: PushService, sender: Sender
) -> None:
    add()
    Preferences.objects.update_or_create(user=user, defaults={"language": "de"})
    arrived(1)
    settled(sender)
    assert service.taken[0].told["lang"] == "de"
    assert "has arrived" not in service.taken[0].told["body"]


@pytest.mark.parametrize(("right", "told"), [(Right.VIEW, 0), (Right.OPERATE, 0), (Right.OWN, 1)])
def test_faults_are_told_to_owners_alone(
    add: Add, user: User, right: Right, told: int, clock: Clock
) -> None:
    row = add(events=["BACKUP_FAILED"])
    grant(user, right)
    item = _item(Kind.BACKUP_FAILED, clock)
    gathering._keep([item], recipients.everybody(_known()), _known(), clock.now)
    assert Delivery.objects.filter(target=row.target).count() == told


def test_who_was_an_owner_is_told_no_fault_that_waits(
    add: Add, user: User, service: PushService, sender: Sender, clock: Clock
) -> None:
    row = add(events=["BACKUP_FAILED", "DOWNLOAD_COMPLETE"])
    grant(user, Right.OWN)
    item = _item(Kind.BACKUP_FAILED, clock)
    gathering._keep([item], recipients.everybody(_known()), _known(), clock.now)
    grant(User.objects.get(pk=user.pk), Right.VIEW)
    settled(sender)
    assert service.taken == []
    delivery = Delivery.objects.get(target=row.target)
    assert (delivery.state, delivery.error_code) == ("CANCELLED", "target_not_allowed")


@pytest.mark.parametrize("status", [404, 410])
def test_one_that_is_gone_is_removed(
    add: Add, service: PushService, sender: Sender, status: int
) -> None:
    row = add()
    service.status = status
    arrived(1)
    settled(sender)
    assert not Browser.objects.exists()
    assert not TargetState.objects.filter(name=row.target).exists()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error_code) == ("CANCELLED", "browser_gone")
    assert Entry.objects.filter(action="notification.browser_removed").count() == 1


@pytest.mark.parametrize("status", [302, 401, 403, 413, 429, 500])
def test_any_other_refusal_is_tried_again(
    add: Add, service: PushService, sender: Sender, clock: Clock, status: int
) -> None:
    row = add()
    service.status, service.retry_after = status, "120"
    arrived(1)
    settled(sender)
    assert (service.asked, Delivery.objects.get().state) == (1, "WAITING")
    state = TargetState.objects.get(name=row.target)
    assert state.failures == 1
    assert state.next_at is not None
    assert state.next_at >= clock.now + timedelta(seconds=120)
    service.status = 201
    clock.now += timedelta(minutes=10)
    settled(sender)
    assert len(service.taken) == 1


def test_an_answer_without_an_end_is_not_read(
    add: Add, service: PushService, sender: Sender
) -> None:
    add()
    service.endless = True
    arrived(1)
    settled(sender)
    assert Delivery.objects.get().state == "SENT"


def test_a_long_message_fits(add: Add, service: PushService, sender: Sender) -> None:
    add()
    arrived(1, name="第" * 290)
    settled(sender)
    [taken] = service.taken
    assert taken.size <= 4096
    assert taken.told["body"].startswith("第第")


def test_an_address_that_leads_home_is_not_asked(
    add: Add, service: PushService, sender: Sender, settings: Settings
) -> None:
    """The owner has taken it out of the list since; or a name leads elsewhere by now."""
    row = add()
    settings.ALLOW_PRIVATE_HOSTS = []
    arrived(1)
    settled(sender)
    assert service.asked == 0
    state = TargetState.objects.get(name=row.target)
    assert state.error_code == "notify_not_allowed"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/x",
        "https://2130706433/x/../",
        "ftp://push.example.org/x",
        "https://user:word@push.example.org/x",
        "https://push.example.org/x#y",
        "https://push.example.org:port/x",
        "https://push.example.org/ x",
        "https://push.example.org/ä",
        "https://push.example.org/\r\nx",
        "https:///x",
        "javascript:alert(1)",
        "",
        "https://push.example.org/" + "x" * 1500,
    ],
)
def test_hostile_addresses_are_refused(endpoint: str, settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = []
    good = FakeBrowser(endpoint)
    if endpoint == "https://2130706433/x/../":  # a name to us: what it leads to is judged later
        assert looked_at(**good.offer).endpoint == endpoint
        return
    with pytest.raises(BrowserUnusable) as error:
        looked_at(**good.offer)
    assert error.value.errors[0].field == "endpoint"


def test_a_listed_name_at_home_may_do_without_tls(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = ["push.home", "8.8.8.8"]
    assert looked_at(**FakeBrowser("http://push.home/x").offer).endpoint == "http://push.home/x"
    with pytest.raises(BrowserUnusable):
        looked_at(**FakeBrowser("http://8.8.8.8/x").offer)  # a public one may not


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("p256dh", ""),
        ("p256dh", encoded(b"\x04" + b"\x00" * 64)),  # no point of the curve
        ("p256dh", encoded(b"\x04" * 64)),
        ("p256dh", "ä" * 87),
        ("p256dh", "A" * 100_000),
        ("auth", encoded(b"x" * 15)),
        ("auth", encoded(b"x" * 17)),
        ("auth", "a b"),
    ],
)
def test_what_is_no_key_is_refused(field: str, value: str) -> None:
    offer = {**FakeBrowser("https://push.example.org/x").offer, field: value}
    with pytest.raises(BrowserUnusable) as error:
        looked_at(**offer)
    assert error.value.errors[0].field == field


def test_a_user_has_only_so_many(user: User) -> None:
    visit = Visit(user, None)
    for number in range(MOST_OF_A_USER):
        offer = looked_at(**FakeBrowser(f"https://push.example.org/{number}").offer)
        browsers.add_browser(visit, offer)
    with pytest.raises(TooManyBrowsers) as error:
        browsers.add_browser(visit, looked_at(**FakeBrowser("https://push.example.org/x").offer))
    assert "10" in text_of(error.value)


def test_the_same_browser_twice_keeps_its_choices(
    add: Add, user: User, service: PushService
) -> None:
    row = add(quiet_hours="22:00-07:00")
    again = browsers.add_browser(Visit(user, None), looked_at(**service.browsers["phone"].offer))
    assert (again.pk, again.quiet_hours) == (row.pk, "22:00-07:00")


def test_another_user_of_the_same_browser_takes_it_over(add: Add, service: PushService) -> None:
    add()
    other = User.objects.create_user("other", password="lantern-otter")
    taken = browsers.add_browser(Visit(other, None), looked_at(**service.browsers["phone"].offer))
    assert [row.pk for row in Browser.objects.all()] == [taken.pk]
    assert taken.user == other


def test_who_only_knows_the_address_takes_nothing_over(
    add: Add, user: User, service: PushService
) -> None:
    row = add()
    other = User.objects.create_user("other", password="lantern-otter")
    forged = FakeBrowser(row.endpoint)
    with pytest.raises(BrowserUnusable):
        browsers.add_browser(Visit(other, None), looked_at(**forged.offer))
    assert browsers.saw_browser(Visit(other, None), looked_at(**forged.offer)) is None
    assert browsers.saw_browser(Visit(user, None), looked_at(**forged.offer)) is None
    assert Browser.objects.get().user == user


def test_everybody_has_their_own_alone(add: Add) -> None:
    row = add()
    other = User.objects.create_superuser("other", password="lantern-otter")
    for act in (
        lambda: browsers.get_browser(other, row.pk),
        lambda: browsers.change_browser(other, row.pk, {"events": []}),
        lambda: browsers.remove_browser(other, row.pk),
        lambda: services.test_browser(other, row.pk),
    ):
        with pytest.raises(BrowserNotFound):
            act()
    assert browsers.browsers_of(other) == []


def test_a_test_is_sent_at_once(add: Add, user: User, service: PushService) -> None:
    row = add()
    outcome = services.test_browser(user, row.pk)
    assert outcome.error is None
    [taken] = service.taken
    assert (taken.told["event"], taken.told["page"]) == ("TEST", "notifications/browsers")
    assert Delivery.objects.get().is_test


def test_a_test_finds_that_it_is_gone(add: Add, user: User, service: PushService) -> None:
    row = add()
    service.status = 410
    outcome = services.test_browser(user, row.pk)
    assert outcome.error is not None
    assert outcome.error["code"] == "notify_gone"
    assert not Browser.objects.exists()


def test_logging_out_ends_it(add: Add, session: UserSession) -> None:
    add()
    accounts.log_out(session)
    assert not Browser.objects.exists()


def test_ending_a_session_elsewhere_ends_it(
    add: Add, user: User, session: UserSession, service: PushService
) -> None:
    add()
    tablet = service.browser("tablet")
    other = accounts.open_session(user).session
    browsers.add_browser(Visit(user, other), looked_at(**tablet.offer))
    accounts.revoke_session(user, str(session.session_id))
    assert [row.endpoint for row in Browser.objects.all()] == [tablet.endpoint]


def test_a_login_that_expires_ends_nothing(
    add: Add, session: UserSession, service: PushService, sender: Sender
) -> None:
    add()
    UserSession.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    accounts.clean_up_sessions()
    arrived(1)
    settled(sender)
    assert len(service.taken) == 1


def test_a_new_password_ends_the_others(
    add: Add, user: User, session: UserSession, service: PushService, sender: Sender
) -> None:
    row = add()
    other = accounts.open_session(user).session
    browsers.add_browser(Visit(user, other), looked_at(**service.browser("lost").offer))
    accounts.set_password(user, "a-lantern-and-an-otter", keep=session)
    assert [one.pk for one in Browser.objects.all()] == [row.pk]
    arrived(1)
    settled(sender)
    assert [taken.browser for taken in service.taken] == ["phone"]


def test_a_password_set_by_some_other_code_ends_it(
    add: Add, user: User, service: PushService, sender: Sender
) -> None:
    add()
    user.set_password("set by some other code")
    user.save()
    arrived(1)
    settled(sender)
    assert service.taken == []


def test_who_may_not_log_in_is_told_nothing(
    add: Add, user: User, service: PushService, sender: Sender, clock: Clock
) -> None:
    row = add()
    arrived(1)
    gathering.read(_known(), clock.now)
    assert Delivery.objects.filter(target=row.target).count() == 1
    User.objects.filter(pk=user.pk).update(is_active=False)
    settled(sender)
    assert service.taken == []
    assert Delivery.objects.get().state == "CANCELLED"


def test_the_next_login_is_noted(add: Add, user: User, service: PushService) -> None:
    row = add()
    later = accounts.open_session(user).session
    offer = looked_at(**service.browsers["phone"].offer)
    seen = browsers.saw_browser(Visit(user, later), offer)
    assert seen is not None
    assert seen.pk == row.pk
    accounts.log_out(later)
    assert browsers.saw_browser(Visit(user, later), offer) is None


def test_what_is_secret_is_in_no_answer_and_no_journal(
    add: Add, user: User, service: PushService
) -> None:
    row = add()
    client = Client()
    client.cookies[COOKIE] = accounts.open_session(user).token
    answer = client.get("/api/notifications/browsers").content.decode()
    page = client.get("/notifications/browsers").content.decode()
    change = {"events": ["DOWNLOAD_COMPLETE"]}
    path = f"/api/notifications/browsers/{row.pk}"
    client.patch(path, json.dumps(change), content_type="application/json")
    journal = str(list(Entry.objects.values()))
    assert "Firefox 140" in answer
    assert "Firefox 140" in page
    assert "notification.browser_changed" in journal
    for text in (answer, page, journal):
        for secret in (row.endpoint, row.p256dh, row.auth, push_key().private):
            assert secret not in text


def test_the_way_of_a_script(service: PushService, user: User) -> None:
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    client.cookies[COOKIE] = accounts.open_session(user).token
    phone = service.browser()

    def post(path: str, body: dict[str, Any]) -> Any:
        return client.post(f"/api/notifications/{path}", body, content_type="application/json")

    assert client.get("/api/notifications/push-key").json() == {"public_key": push_key().public}
    assert post("browsers/seen", phone.offer).json() == {"id": None}
    made = post("browsers", phone.offer)
    assert made.status_code == 201
    entry = made.json()
    assert (entry["device"], entry["service"]) == ("Firefox 140 · Linux", "127.0.0.1")
    assert entry["this_login"] is True
    assert post("browsers/seen", phone.offer).json() == {"id": entry["id"]}
    assert post(f"browsers/{entry['id']}/test", {}).json()["ok"] is True
    assert len(client.get("/api/notifications/browsers").json()) == 1
    assert client.delete(f"/api/notifications/browsers/{entry['id']}").status_code == 204
    assert client.get(f"/api/notifications/browsers/{entry['id']}").status_code == 404
    wrong = post("browsers", {**phone.offer, "endpoint": "https://10.0.0.1/"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "browser_unusable")


def test_the_key_is_the_same_for_one_secret(settings: Settings) -> None:
    settings.PUSH_SECRET_KEY = "a" * 40
    first = push_key()
    settings.PUSH_SECRET_KEY = "b" * 40
    other = push_key()
    settings.PUSH_SECRET_KEY = "a" * 40
    assert push_key() == first
    assert first.private != other.private
    assert len(first.public) == 87


def test_a_row_of_nobody_is_no_trouble(add: Add, sender: Sender, clock: Clock) -> None:
    row = add()
    arrived(1)
    gathering.read(_known(), clock.now)
    Browser.objects.all().delete()
    settled(sender)
    assert Delivery.objects.get(target=row.target).error_code == "target_gone"
    assert browsers.forget("browser.999999") is True
    assert browsers.forget("phone") is False
    browsers.SessionFollower().ended([uuid.uuid4()])


def _known() -> Any:
    return store.load().notifications


def _item(kind: Kind, clock: Clock) -> Any:
    from aniworld.system.notifications.items import Told
    from providers.coded import coded

    return Told(kind, coded("told_gap"), clock.now)
