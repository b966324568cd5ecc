"""The configuration over HTTP."""

from __future__ import annotations

import pytest
from django.test import Client

from aniworld.config.json_schema import json_schema

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/api/config/schema", "/api/config/schema/"])
def test_the_schema_is_there_for_who_is_logged_in(address: str, visitor: Client) -> None:
    answer = visitor.get(address)

    assert (answer.status_code, answer.json()) == (200, json_schema())
    assert Client().get(address).status_code == 401
