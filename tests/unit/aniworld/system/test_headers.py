"""The content policy stands on every answer, also on those no view has given."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/setup", {}, 200),
        ("/queue", {}, 302),
        ("/api/queue/status", {}, 401),
        ("/setup", {"Host": "not a host"}, 400),
    ],
)
def test_every_answer_carries_the_policy(path: str, headers: dict[str, str], status: int) -> None:
    answer = Client().get(path, headers=headers)
    assert answer.status_code == status
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
