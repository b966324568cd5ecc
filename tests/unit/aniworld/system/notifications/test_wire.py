"""The process that sends, against a real server in every mood."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from apprise import Apprise
from apprise.plugins.discord import NotifyDiscord

from aniworld.system.notifications.children import Process
from aniworld.system.notifications.wire import services
from aniworld.system.notifications.wire.apprised import (
    _without_secrets,
    as_it_writes,
    calling_nobody,
)
from aniworld.system.notifications.wire.errors import AddressUnusable
from aniworld.system.notifications.wire.messages import MOST_BYTES, Answer, Job
from aniworld.web.texts import text
from tests.receiver import DRIPS, FAILS, FLOODED, HANGS, LEADS_ELSEWHERE, Receiver

BODY = json.dumps({"text": "Äpfel – 第5話"}, ensure_ascii=False)


def send(kind: str, address: str, *, limit: float = 20.0, **more: object) -> Answer:
    values = {"id": "m-1", "event": "TEST", "title": "A head", "body": BODY, **more}
    return Process(Job(kind=kind, address=address, **values), limit=limit).wait()  # type: ignore[arg-type]


def said(answer: Answer) -> str:
    assert answer.error is not None
    return text(answer.error["code"], answer.error["params"])


def test_a_webhook_is_signed_json(receiver: Receiver) -> None:
    assert send("WEBHOOK", receiver.address, signing_key="hush").error is None
    [taken] = receiver.taken
    stamp = taken.headers["X-Aniworld-Timestamp"]
    wanted = hmac.new(b"hush", stamp.encode() + b"." + taken.body, hashlib.sha256).hexdigest()
    assert taken.headers["X-Aniworld-Signature"] == f"sha256={wanted}"
    assert abs(int(stamp) - time.time()) < 120
    assert (taken.id, taken.headers["X-Aniworld-Event"]) == ("m-1", "TEST")
    assert taken.json == {"text": "Äpfel – 第5話"}
    assert taken.headers["Content-Type"].startswith("application/json")


def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    assert send("WEBHOOK", receiver.address).error is None
    assert "X-Aniworld-Signature" not in receiver.taken[0].headers


def test_no_password_of_the_machine_goes_along(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password mine\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert send("WEBHOOK", receiver.address).error is None
    assert "Authorization" not in receiver.taken[0].headers


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        (FAILS, "127.0.0.1 answered 500."),
        (FLOODED, "127.0.0.1 answered 429."),
        (LEADS_ELSEWHERE, "127.0.0.1 answered 302, which leads elsewhere."),
    ],
)
def test_what_is_refused_says_how(receiver: Receiver, mood: str, words: str) -> None:
    receiver.mood, receiver.retry_after = mood, "90"
    answer = send("WEBHOOK", receiver.address)
    assert said(answer).startswith(words)
    assert receiver.taken == []  # nobody went where it led
    assert answer.wait == (90.0 if mood == FLOODED else 0.0)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("99999999", 3600.0), ("-5", 0.0), ("soon", 0.0), ("1e400", 3600.0), ("nan", 0.0)],
)
def test_a_wait_is_within_an_hour(receiver: Receiver, told: str, seconds: float) -> None:
    receiver.mood, receiver.retry_after = FLOODED, told
    assert send("WEBHOOK", receiver.address).wait == seconds


@pytest.mark.parametrize("mood", [HANGS, DRIPS])
@pytest.mark.parametrize("kind", ["WEBHOOK", "APPRISE"])
def test_whatever_hangs_is_ended(receiver: Receiver, mood: str, kind: str) -> None:
    receiver.mood = mood
    address = receiver.address if kind == "WEBHOOK" else receiver.apprise
    child = Process(Job(kind=kind, address=address, body=BODY), limit=2.0)
    answer = child.wait()
    assert answer.error == {"code": "notify_too_slow", "params": {"seconds": 2}} or (
        kind == "APPRISE" and answer.error is not None  # it has a patience of its own
    )
    assert child._popen.poll() is not None


def test_nobody_there(receiver: Receiver) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert said(send("WEBHOOK", f"http://127.0.0.1:{port}/")) == "127.0.0.1 cannot be reached."
    assert (
        said(send("WEBHOOK", "http://nowhere.invalid/"))
        == "There is no host called nowhere.invalid."
    )


def test_apprise_sends_and_says_why_not(receiver: Receiver) -> None:
    assert send("APPRISE", receiver.apprise).error is None
    told = receiver.taken[0].json
    assert (told["title"], told["message"]) == ("A head", BODY)
    receiver.mood = FAILS
    answer = send("APPRISE", f"json://me:verysecretword@127.0.0.1:{receiver.port}/secretpath")
    words = said(answer)
    assert words.startswith("JSON did not take it.")
    assert "500" in words
    assert "verysecretword" not in str(answer)
    assert "secretpath" not in str(answer)


def test_apprise_does_not_go_where_it_is_led(receiver: Receiver) -> None:
    receiver.mood = LEADS_ELSEWHERE
    assert send("APPRISE", receiver.apprise).error is not None
    assert receiver.taken == []


def test_names_of_sites_are_no_marks_of_a_service(receiver: Receiver) -> None:
    """Such as a mail in HTML: a picture in it tells a stranger who has read it, and when."""
    body = '<img src="http://x.example/"> & more'
    assert send("APPRISE", f"{receiver.apprise}?format=html", body=body).error is None
    assert "<img" not in receiver.taken[0].json["message"]
    assert send("APPRISE", receiver.apprise, body=body).error is None
    assert receiver.taken[1].json["message"] == body


@pytest.mark.filterwarnings("ignore:'imghdr'")  # which Apprise looks for
def test_one_that_writes_in_marks_of_its_own_gets_none_of_a_stranger() -> None:
    """Telegram takes HTML alone, and does not look at what words are written in."""
    chat = Apprise.instantiate("tgram://123456789:abcdefg_hijklmnopqrstuvwxyz123456789/12345")
    assert chat is not None
    body, written = as_it_writes(chat, '<a href="http://x.example/">Moon</a>')
    [call] = chat._build_send_calls(body=body, title="A head", body_format=written)
    assert "<a" not in call["body"]
    assert "Moon" in call["body"]


@pytest.mark.parametrize(
    "words",
    ["@everyone", "A (@here)", "THE M@STER", "<@80351110224678912>", "<@&165511591545143296>"],
)
def test_a_series_calls_nobody_in_a_chat(words: str) -> None:
    chat = Apprise.instantiate("discord://123456789012345678/abcdefghijklmnopqrstuvwxyz")
    assert isinstance(chat, NotifyDiscord)
    assert any(chat.ping_payload(words).values())  # so it would
    assert not any(chat.ping_payload(calling_nobody(words)).values())


@pytest.mark.parametrize("words", ["<!channel> look", "<!here>", "<#C024BE7LR>", "<@U024BE7LH>"])
def test_the_brackets_of_a_call_are_broken(words: str) -> None:
    assert words[:2] not in calling_nobody(words)
    assert calling_nobody(words).replace("\u200b", "") == words


def test_words_with_such_signs_stay_as_they_are() -> None:
    words = "<3, a < b, @ noon, 100 @"
    assert calling_nobody(words) == words


def test_what_is_sent_calls_nobody(receiver: Receiver) -> None:
    body = json.dumps({"text": "@everyone"})
    assert send("APPRISE", receiver.apprise, title="<!channel>", body=body).error is None
    [taken] = receiver.taken
    assert "@everyone" not in json.dumps(taken.json, ensure_ascii=False)
    assert "<!channel>" not in json.dumps(taken.json, ensure_ascii=False)


def test_a_secret_is_hidden_as_it_is_written_and_as_it_is_meant() -> None:
    address = "json://me:very%40secret%2Fword@h/"
    told = _without_secrets("very@secret/word and very%40secret%2Fword, secret/word", address)
    assert "secret" not in told
    assert "word" not in told


def test_a_body_that_a_redirect_comes_with_is_not_read() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65_536)
                peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 9\r\n\r\n")
                peer.recv(1)  # until it is hung up: the body never comes

        threading.Thread(target=answer, daemon=True).start()
        told = send("WEBHOOK", f"http://127.0.0.1:{server.getsockname()[1]}/")
    assert told.error is not None
    assert told.error["code"] == "notify_redirected"


def test_a_trial_sends_nothing(receiver: Receiver) -> None:
    for kind, address in (("WEBHOOK", receiver.address), ("APPRISE", receiver.apprise)):
        assert send(kind, address, is_trial=True).error is None
    assert receiver.asked == 0
    assert "no service “quark”" in said(send("APPRISE", "quark://x", is_trial=True))


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://x/", ""),
        *("http://", "https:///hook", "http://[x/", "http://h:99999/"),
    ],
)
def test_a_webhook_goes_to_the_web_only(address: str) -> None:
    answer = send("WEBHOOK", address)
    assert answer.error is not None
    assert answer.error["code"] == "notify_address_unusable"


@pytest.mark.parametrize(
    "address",
    [
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?template=/etc/passwd",
        "DISCORD://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?TEMPLATE=/etc/passwd",
        "slack://a/b/c?%74emplate=file:///etc/passwd",
        "fcm://project@key/token?keyfile=/etc/passwd",
        "vapid://x@y?subfile=/etc/passwd",
        "mailto://a:b@c.example?pgpkey=/etc/passwd",
        "json://h/?attach=/etc/passwd",
        "json://h/?redirect=yes",
        "jsons://h/?verify=no",
        "jsons://h/?verify=False",
        "jsons://h/?verify=nein",
        "jsons://h/#?verify=no",
        "jsons://h/?a=b;verify=no",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js/#?template=/etc/passwd",
    ],
)
def test_options_that_name_files_or_switch_checks_off_are_refused(address: str) -> None:
    with pytest.raises(AddressUnusable) as caught:
        services.check(address)
    assert caught.value.params["why"] == "option"


@pytest.mark.parametrize("address", ["jsons://h/?verify=yes", "ntfy://h/t?priority=high"])
def test_other_options_pass(address: str) -> None:
    services.check(address)


def test_a_process_ends_with_whoever_began_it(receiver: Receiver) -> None:
    receiver.mood = HANGS
    child = Process(Job(kind="WEBHOOK", address=receiver.address, body="{}"), limit=60.0)
    deadline = time.monotonic() + 30
    while not receiver.asked and time.monotonic() < deadline:
        time.sleep(0.02)
    assert child._popen.stdin is not None
    child._popen.stdin.close()  # as the system does with the pipes of one that is killed
    assert child._popen.wait(timeout=10) == 1
    child.kill()


def test_one_that_is_killed_is_told(receiver: Receiver) -> None:
    receiver.mood = HANGS
    child = Process(Job(kind="WEBHOOK", address=receiver.address, body="{}"), limit=60.0)
    os.killpg(child._popen.pid, signal.SIGKILL)
    assert said(child.wait()) == "The process that sends was ended (SIGKILL)."


def test_a_message_that_is_too_large_is_refused_before() -> None:
    with pytest.raises(ValueError, match="bytes"):
        Job(kind="WEBHOOK", address="http://x/", body="x" * MOST_BYTES).encoded()


def test_the_process_gets_no_secret_of_ours(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """What a service could read of the environment it could send."""
    monkeypatch.setenv("SECRET_KEY", "not for you")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/n")
    receiver.mood = HANGS
    child = Process(Job(kind="WEBHOOK", address=receiver.address, body="{}"), limit=60.0)
    told = Path(f"/proc/{child._popen.pid}/environ").read_bytes()
    line = Path(f"/proc/{child._popen.pid}/cmdline").read_bytes()
    child.kill()
    assert b"not for you" not in told
    assert b"postgres" not in told
    assert receiver.address.encode() not in line
