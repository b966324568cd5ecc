"""Which body an address may be sent."""

from __future__ import annotations

import pytest

from accounts.middleware import OPEN_PATHS, OPEN_PREFIXES
from aniworld.server import limits
from aniworld.server.limits import Limits, body_limit


@pytest.mark.parametrize("path", sorted(OPEN_PATHS))
@pytest.mark.parametrize("form", ["{}", "{}/", "/media{}", "{}?next=/api/queue"])
def test_what_is_open_without_a_login_takes_little(path: str, form: str) -> None:
    assert body_limit(Limits(), form.format(path).encode()) == Limits().open_body


def test_the_open_addresses_are_those_of_the_gate() -> None:
    assert {path.decode() for path in limits.OPEN} == OPEN_PATHS
    assert tuple(prefix.decode() for prefix in limits.OPEN_PREFIXES) == OPEN_PREFIXES


@pytest.mark.parametrize("path", [b"/", b"/api/queue", b"/queue/add", b"*", b"", b"/api/v1/anime"])
def test_the_rest_takes_what_its_pages_send(path: bytes) -> None:
    assert body_limit(Limits(), path) == Limits().body
