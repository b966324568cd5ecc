"""Notifications as people and programs see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import rights, services
from accounts.credentials import COOKIE
from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.system.notifications import gathering, targets
from aniworld.system.notifications.models import Delivery, InboxMessage, TargetState
from aniworld.web.rights import Right
from tests.receiver import FAILS, Receiver
from tests.unit.reading import get, soup, texts

from .conftest import SetUp
from .happening import arrived, failed

pytestmark = pytest.mark.django_db
SECRET = "a-very-secret-path"
FORM = {"kind": "WEBHOOK", "pace": "DIGEST", "enabled": "on", "events": ["DOWNLOAD_COMPLETE"]}


@pytest.fixture
def viewer(db: None) -> Client:
    return _somebody("guest", Right.VIEW)


@pytest.fixture
def operator(db: None) -> Client:
    return _somebody("hand", Right.OPERATE)


def _somebody(name: str, right: Right) -> Client:
    user = User.objects.create(username=name, password="!")
    rights.grant(user, right)
    client = Client()
    client.cookies[COOKIE] = services.open_session(user).token
    return client


def read() -> None:
    while gathering.read(targets.settings(), timezone.now()):
        continue


def repair() -> InboxMessage:
    now = timezone.now()
    return InboxMessage.objects.create(
        kind="REPAIR_RAISED", code="told_repair_raised", first_at=now, at=now
    )


def stored() -> dict[str, Any]:
    found: dict[str, Any] = dict(store.load().notifications.targets)
    return found


def test_an_empty_inbox_says_what_will_be_there(visitor: Client) -> None:
    page = get(visitor, "/notifications")
    assert "Nothing has happened yet" in page.get_text()
    assert texts(page, "#inbox-badge") == [""]


def test_the_inbox_tells_and_is_read(visitor: Client, target: SetUp) -> None:
    target()
    arrived(3)
    failed(4)
    read()
    page = get(visitor, "/notifications")
    assert texts(page, "#inbox-badge") == ["2"]
    assert texts(page, "#inbox strong") == ["A download failed", "Downloaded"]
    assert "Moon S01E03 has arrived." in page.get_text()
    assert page.select_one("#inbox a[href='/series/moon']") is not None
    first = page.select_one("input[name=ids]")
    assert first is not None
    visitor.post("/notifications/mark", {"action": "read", "ids": [first["value"]]})
    assert texts(get(visitor, "/notifications"), "#inbox-badge") == ["1"]
    assert texts(get(visitor, "/notifications?show=unread"), "#inbox strong") == ["Downloaded"]
    visitor.post("/notifications/mark", {"action": "unread", "ids": [first["value"]]})
    assert texts(get(visitor, "/notifications"), "#inbox-badge") == ["2"]
    visitor.post("/notifications/mark", {"action": "all"})
    page = get(visitor, "/notifications")
    assert (texts(page, "#inbox-badge"), len(page.select("#inbox strong"))) == ([""], 2)
    assert "Everything is read" in get(visitor, "/notifications?show=unread").get_text()
    assert visitor.post("/notifications/mark", {"action": "x"}).status_code == 404


def test_what_is_the_owners_is_shown_to_nobody_else(
    visitor: Client, viewer: Client, operator: Client, target: SetUp
) -> None:
    target()
    arrived(1)
    read()
    hidden = repair()
    assert texts(get(viewer, "/notifications"), "#inbox strong") == ["Downloaded"]
    assert texts(get(viewer, "/notifications"), "#inbox-badge") == ["1"]
    assert texts(get(visitor, "/notifications"), "#inbox-badge") == ["2"]
    listed = viewer.get("/api/notifications/inbox").json()
    assert [one["event"] for one in listed["results"]] == ["DOWNLOAD_COMPLETE"]
    operator.post("/notifications/mark", {"action": "all"})
    operator.post("/notifications/mark", {"action": "read", "ids": [hidden.pk]})
    hidden.refresh_from_db()
    assert hidden.read_at is None
    assert visitor.get("/api/notifications/inbox?unread=true").json()["count"] == 1


@pytest.mark.parametrize(
    ("method", "address"),
    [
        *(("get", "/settings/notifications"), ("get", "/notifications/log")),
        *(("post", "/settings/notifications/add"), ("get", "/api/notifications/targets")),
        *(("get", "/api/notifications/log"), ("post", "/api/notifications/targets/phone/test")),
    ],
)
def test_targets_are_the_owners(operator: Client, target: SetUp, method: str, address: str) -> None:
    target()
    assert getattr(operator, method)(address).status_code == 403


def test_a_viewer_marks_nothing(viewer: Client) -> None:
    assert viewer.post("/notifications/mark", {"action": "all"}).status_code == 403
    assert viewer.post("/api/notifications/inbox/read").status_code == 403


def test_a_target_is_added_tested_changed_and_removed(visitor: Client, receiver: Receiver) -> None:
    assert "Messages are sent nowhere" in get(visitor, "/settings/notifications").get_text()
    address = f"{receiver.address}/{SECRET}"
    form = {**FORM, "name": "My phone", "url": address, "signing_key": "hush-hush"}
    assert visitor.post("/settings/notifications/add", form).status_code == 302
    page = get(visitor, "/settings/notifications")
    assert texts(page, "#targets h2") == ["My phone"]
    assert SECRET not in str(page)
    assert "http://•••" in page.get_text()

    answer = visitor.post("/settings/notifications/target/My phone/test", follow=True)
    assert "“My phone” has taken the test message." in answer.content.decode()
    assert receiver.taken[0].path == f"/hook/{SECRET}"
    assert receiver.taken[0].json["event"] == "TEST"
    log = get(visitor, "/notifications/log")
    assert "This is a test from Aniworld" in log.get_text()
    assert SECRET not in str(log)

    page = get(visitor, "/settings/notifications/target/My phone")
    masked = page.select_one("#id_url")
    hidden = page.select_one("#id_signing_key")
    assert masked is not None
    assert hidden is not None
    assert SECRET not in str(page)
    assert "hush-hush" not in str(page)
    kept = {"url": masked["value"], "signing_key": hidden["value"]}
    changed = {**FORM, **kept, "pace": "EACH", "quiet_hours": "22:00-07:00"}
    answer = visitor.post("/settings/notifications/target/My phone", changed)
    assert answer.status_code == 302
    now = stored()["My phone"]
    assert (now.url, now.signing_key) == (address, "hush-hush")
    assert (now.pace, now.quiet_hours) == ("EACH", "22:00-07:00")

    visitor.post("/settings/notifications/target/My phone/switch", {"action": "off"})
    assert not stored()["My phone"].enabled
    visitor.post("/settings/notifications/target/My phone/remove")
    assert stored() == {}
    entry = Entry.objects.newest_first()[0]
    told = str(list(Entry.objects.values_list("before", "after", "reason_params")))
    assert SECRET not in told
    assert "hush-hush" not in told
    assert visitor.post(f"/journal/{entry.pk}/undo").status_code == 302
    back = stored()["My phone"]
    assert (back.url, back.signing_key) == (address, "hush-hush")


def test_a_test_says_what_is_wrong(visitor: Client, target: SetUp, receiver: Receiver) -> None:
    receiver.mood = FAILS
    target(url=f"{receiver.address}/{SECRET}")
    answer = visitor.post("/settings/notifications/target/phone/test", follow=True)
    assert "“phone” has not taken it. 127.0.0.1 answered 500." in answer.content.decode()
    assert SECRET not in answer.content.decode()
    row = Delivery.objects.get()
    assert (row.state, row.is_test, row.tries) == ("FAILED", True, 1)
    told = visitor.post("/api/notifications/targets/phone/test").json()
    assert (told["ok"], told["error"]["code"]) == (False, "notify_refused")


def test_a_good_test_sends_what_waits(visitor: Client, target: SetUp, receiver: Receiver) -> None:
    target(url=receiver.address)
    now = timezone.now()
    later = now + timedelta(hours=1)
    Delivery.objects.create(
        target="phone", state="WAITING", created_at=now, changed_at=now, next_try_at=later, tries=3
    )
    TargetState.objects.create(name="phone", failures=9, failing_since=now, next_at=later)
    assert visitor.post("/api/notifications/targets/phone/test").json()["ok"] is True
    assert Delivery.objects.waiting().get().next_try_at <= timezone.now()  # type: ignore[operator]
    assert TargetState.objects.get().failures == 0


@pytest.mark.parametrize(
    ("address", "kind", "words"),
    [
        ("ftp://x/", "WEBHOOK", "begins with http:// or https://"),
        ("quark://x", "APPRISE", "knows no service “quark”"),
        ("syslog://", "APPRISE", "acts on the server itself"),
        ("dbus://x", "APPRISE", "would act on the server itself"),
        ("json://h/?verify=no", "APPRISE", "option “verify”"),
        ("not an address", "APPRISE", "Must be an address such as"),
    ],
)
def test_what_cannot_be_sent_to_is_refused_by_its_field(
    visitor: Client, address: str, kind: str, words: str
) -> None:
    form = {**FORM, "name": "x", "kind": kind, "url": address}
    answer = visitor.post("/settings/notifications/add", form)
    assert answer.status_code == 422
    shown = texts(soup(answer), "#id_url_error")
    if address == "syslog://":
        words = "Must be an address such as"
    assert words in " ".join(shown)
    assert stored() == {}
    sent = {"name": "x", "kind": kind, "url": address}
    refused = visitor.post("/api/notifications/targets", sent, content_type="application/json")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"].rpartition(".")[2] == "url"


@pytest.mark.parametrize("name", ["", " x", "a.b", "a/b", "x" * 41])
def test_a_name_that_cannot_be(visitor: Client, name: str) -> None:
    form = {**FORM, "name": name, "url": "http://127.0.0.1:9/"}
    assert visitor.post("/settings/notifications/add", form).status_code == 422


def test_a_name_is_given_once(visitor: Client, target: SetUp) -> None:
    target("x")
    form = {**FORM, "name": "x", "url": "http://127.0.0.1:9/"}
    answer = visitor.post("/settings/notifications/add", form)
    assert answer.status_code == 422
    assert "There is a target called x already." in answer.content.decode()


def test_there_is_an_end_of_targets(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aniworld.system.notifications.services.MOST", 1)
    for name, status in (("a", 302), ("b", 422)):
        form = {**FORM, "name": name, "url": "http://127.0.0.1:9/"}
        assert visitor.post("/settings/notifications/add", form).status_code == status


def test_what_was_given_up_is_sent_again(visitor: Client, target: SetUp) -> None:
    target()
    now = timezone.now()
    refused = {"error_code": "notify_refused", "error_params": {"host": "h", "status": 500}}
    row = Delivery.objects.create(
        target="phone",
        state="FAILED",
        created_at=now,
        changed_at=now,
        ended_at=now,
        tries=70,
        **refused,
    )
    page = get(visitor, "/notifications/log")
    assert "h answered 500." in page.get_text()
    form = page.select_one(f"#delivery-{row.pk} form")
    assert form is not None
    visitor.post(str(form["action"]))
    row.refresh_from_db()
    assert (row.state, row.tries, row.ended_at, row.error) == ("WAITING", 0, None, None)
    assert row.give_up_at is not None
    again = visitor.post(f"/api/notifications/log/{row.pk}/send")
    assert (again.status_code, again.json()["code"]) == (409, "message_not_over")


def test_what_is_gathered_is_sent_at_the_latest_when_the_log_says(
    visitor: Client, target: SetUp
) -> None:
    target()
    now = timezone.now()
    for state, moment in (("GATHERING", "closes_at"), ("WAITING", "next_try_at")):
        Delivery.objects.create(
            target="phone", state=state, created_at=now, changed_at=now, **{moment: now}
        )
    rows = get(visitor, "/notifications/log").select("li.rows-row")
    said = {row.select_one(".chip").get_text(): "at the latest" in row.get_text() for row in rows}  # type: ignore[union-attr] # each row has one
    assert said == {"is gathered": True, "waits": False}


def test_the_log_is_filtered(visitor: Client, target: SetUp) -> None:
    target("a")
    target("b")
    arrived(1)
    read()
    Delivery.objects.filter(target="a").update(state="SENT", ended_at=timezone.now())
    assert len(get(visitor, "/notifications/log").select("li.rows-row")) == 2
    assert len(get(visitor, "/notifications/log?target=a").select("li.rows-row")) == 1
    page = get(visitor, "/notifications/log?state=WAITING&target=b")
    assert texts(page, "li.rows-row .muted")[0] == "→ b"
    assert len(get(visitor, "/notifications/log?state=NO").select("li.rows-row")) == 2


def test_the_settings_of_all_targets(visitor: Client) -> None:
    page = get(visitor, "/settings/notifications")
    assert page.select_one("#id_digest_minutes") is not None
    visitor.post(
        "/settings/notifications", {"language": "de", "digest_minutes": "30", "give_up_hours": "24"}
    )
    found = store.load().notifications
    assert (found.language, found.digest_minutes, found.give_up_hours) == ("de", 30, 24)
    wrong = visitor.post(
        "/settings/notifications", {"language": "en", "digest_minutes": "0", "give_up_hours": "1"}
    )
    assert wrong.status_code == 422


def test_no_secret_leaves_by_the_configuration(visitor: Client, target: SetUp) -> None:
    target(url=f"tgram://{SECRET}/chat", kind="APPRISE", signing_key="hush-hush")
    for address in ("config", "config/section/notifications", "config/settings"):
        told = visitor.get(f"/api/{address}").content.decode()
        assert SECRET not in told
        assert "hush-hush" not in told
    # Sent back as it was shown it stays what it is.
    whole = visitor.get("/api/config/section/notifications").json()
    sent = visitor.post("/api/config/section/notifications", whole, content_type="application/json")
    assert sent.status_code == 200, sent.content
    assert SECRET not in sent.content.decode()
    assert stored()["phone"].url == f"tgram://{SECRET}/chat"


@pytest.mark.parametrize("count", [1, 40])
def test_pages_ask_the_database_as_often_for_many(
    visitor: Client, target: SetUp, count: int
) -> None:
    target()
    now = timezone.now()
    for number in range(count):
        InboxMessage.objects.create(
            kind="TEST", code="told_test", first_at=now, at=now, topic=str(number)
        )
        Delivery.objects.create(
            target="phone", state="SENT", created_at=now, changed_at=now, ended_at=now
        )
    for address in ("/notifications", "/notifications/log", "/settings/notifications"):
        with CaptureQueriesContext(connection) as asked:
            get(visitor, address)
        assert len(asked) <= 12, address
