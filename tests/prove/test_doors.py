"""Nobody comes in: every address is closed to strangers, and no forged token opens a door."""

from __future__ import annotations

import base64
import itertools
import json
import secrets
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from django.urls import Resolver404, resolve

from accounts.middleware import OPEN_PATHS
from tests.prove.conftest import Prove
from tests.prove.house import PASSWORD, SHOW, House, house
from tests.prove.strangers import (
    AS_BROWSER,
    AS_PROGRAM,
    AS_SCRIPT,
    METHODS,
    Doors,
    addresses,
    ask,
    is_closed,
    spellings,
)

pytestmark = [pytest.mark.timeout(1200)]

# What the documentation says is open; the program's own list is held to it.
OPEN = {
    *("/favicon.ico", "/ping", "/health", "/health/ready", "/setup", "/login", "/login/help"),
    *("/api/setup", "/api/auth/setup", "/api/auth/login", "/api/auth/status"),
    "/calendar.ics",  # by a key of its own
}
WAYS = (
    *((method, AS_PROGRAM) for method in METHODS),
    *itertools.product(("GET", "POST"), (AS_BROWSER, AS_SCRIPT)),
)
FOREVER = 4_000_000_000


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("doors"), "SQLite", episodes=2, doors=1) as running:
        yield running


def state(house: House) -> list[list[tuple[Any, ...]]]:
    """Whatever a stranger could have changed."""
    tables = ("library_animeseries", "downloads_downloadqueueitem", "journal_entry", "auth_user")
    return [house.database.rows(f"SELECT * FROM {table}") for table in tables]  # noqa: S608


def test_every_route_is_closed_to_strangers(built: House, proved: Prove) -> None:
    assert OPEN == OPEN_PATHS
    before, asked, found = state(built), Counter[str](), []
    closed = [address for address in addresses(SHOW) if address.rstrip("/") not in OPEN]
    for address, (method, headers) in itertools.product(closed, WAYS):
        answer = ask(built.first, method, address, headers)
        asked["plainly"] += 1
        if not is_closed(answer):
            found.append((method, address, headers, answer.status_code))
    for spelling in itertools.chain.from_iterable(map(spellings, closed)):
        answer = ask(built.first, "GET", spelling, AS_PROGRAM)
        asked["in other spellings"] += 1
        if not (is_closed(answer) or is_nowhere(spelling)):
            found.append(("GET", spelling, AS_PROGRAM, answer.status_code))
        assert "Zeitlose" not in answer.text
    assert not found, f"{len(found)} are open: {found[:10]}"
    assert state(built) == before
    proved(
        f"routes closed: {len(closed)} addresses, {asked['plainly']} requests in {len(METHODS)} "
        f"methods, {asked['in other spellings']} in other spellings; none let a stranger in, "
        f"{len(OPEN)} are open as documented"
    )


def is_nowhere(spelling: str) -> bool:
    """Whether it leads to no view: then its answer is that of a file that is not there."""
    try:
        resolve(spelling.partition("?")[0])
    except Resolver404:
        return True
    return False


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def forged(real: str, key: str, other_user: str) -> Iterator[tuple[str, str]]:
    """Tokens that look like the real one, each with what it tries."""
    claims = jwt.decode(real, key, algorithms=["HS256"])
    head, body, mark = real.split(".")

    def signed(by: str = key, algorithm: str = "HS256", **changes: Any) -> str:
        return jwt.encode({**claims, **changes}, by, algorithm=algorithm)

    for name in ("none", "None", "NONE", "nOnE", ""):
        yield f"algorithm {name!r}", f"{part({'alg': name, 'typ': 'JWT'})}.{body}."
        yield f"algorithm {name!r}, signed", f"{part({'alg': name})}.{body}.{mark}"
    for name in ("HS384", "HS512"):
        yield f"our key by {name}", signed(algorithm=name)
    for name in ("RS256", "ES256", "PS256", "EdDSA"):
        yield f"{name} over our signature", f"{part({'alg': name, 'typ': 'JWT'})}.{body}.{mark}"
    yield "another key", signed(by=secrets.token_urlsafe(48))
    yield (
        "the key of a null file",
        jwt.encode(claims, "\0" * 32, algorithm="HS256", headers={"kid": "../../../../dev/zero"}),
    )
    own = base64.urlsafe_b64encode(b"k" * 32).decode()
    for name, value in (("jwk", {"kty": "oct", "k": own}), ("jku", "http://127.0.0.1:9/keys")):
        yield (
            f"a key of its own by {name}",
            jwt.encode(claims, "k" * 32, algorithm="HS256", headers={name: value}),
        )
    yield "our key, another user", signed(sub=other_user)
    yield "our key, nobody", signed(sub="999999")
    yield "our key, a longer life", signed(exp=FOREVER)
    yield "our key, expired", signed(exp=1)
    yield "our key, a session never begun", signed(jti=uuid.uuid4().hex)
    yield "our key, an end past all calendars", signed(exp=10**30)
    yield (
        "our key, no end",
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, key, algorithm="HS256"),
    )
    yield "no signature", f"{head}.{body}"
    yield "an empty signature", f"{head}.{body}."
    yield "half a signature", f"{head}.{body}.{mark[: len(mark) // 2]}"
    yield "another's body", f"{head}.{part({**claims, 'sub': other_user})}.{mark}"
    yield "another letter", f"{head}.{body}.{'A' if mark[0] != 'A' else 'B'}{mark[1:]}"
    yield "in capitals", real.upper()
    yield "twice", f"{real}.{real}"
    yield "too long", f"{real}{'A' * 100_000}"[:7000]
    yield "nothing", "null"


def ended(house: House) -> Iterator[tuple[str, str]]:
    """Tokens that were good once, each with how it ended."""

    def fresh() -> str:
        answer = house.call(house.first, "POST", "auth/login", {"password": PASSWORD})
        return str(answer.json()["access_token"])

    def as_who(token: str, method: str, path: str, body: Any = None) -> None:
        bearer = {"Authorization": f"Bearer {token}"}
        address = f"{house.first.address}/api/{path}"
        answer = house.first.session.request(method, address, json=body, headers=bearer)
        assert answer.status_code < 300, answer.text

    logged_out = fresh()
    as_who(logged_out, "POST", "auth/logout")
    yield "logged out", logged_out
    expired = fresh()
    jti = jwt.decode(expired, options={"verify_signature": False})["jti"]
    past = "UPDATE accounts_usersession SET expires_at = '2020-01-01 00:00:00' WHERE session_id = ?"
    house.database.rows(past, jti)
    yield "expired", expired
    replaced = fresh()
    change = {"current_password": PASSWORD, "new_password": f"{PASSWORD}-anew"}
    as_who(house.token, "POST", "auth/password", change)
    yield "of the password before", replaced


def test_no_forged_token_opens_a_door(built: House, proved: Prove) -> None:
    doors = Doors(built.first)
    everywhere = doors.let_in(built.token)
    assert everywhere == ["API", "page", "socket", "socket of a browser"]
    key = Path(built.database.data, "jwt_secret_key").read_text()
    guest = built.first.manage(
        *("shell", "-c"),
        "from django.contrib.auth.models import User; print(User.objects.create_user('guest').pk)",
    )
    other_user = guest.stdout.split()[-1]
    tried = [*forged(built.token, key, other_user), *ended(built)]
    opened = {name: found for name, token in tried if (found := doors.let_in(token))}
    assert not opened
    proved(f"tokens: {len(tried)} forged or ended, at {len(everywhere)} doors each: none let in")
