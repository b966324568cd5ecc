"""The OpenAPI document: complete, valid, and nothing in it is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client


def test_the_schema_is_valid_and_nothing_is_guessed(tmp_path: Path) -> None:
    target = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    assert "/api/queue/status/" in target.read_text()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/schema", "/api/docs"])
def test_only_who_is_logged_in_reads_it(client: Client, address: str) -> None:
    assert client.get(address).status_code == 401
