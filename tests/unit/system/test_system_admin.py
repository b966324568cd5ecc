"""Every table of ours can be looked at in Django's admin."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from accounts import services

OURS = [
    model._meta
    for label in ("accounts", "library", "downloads", "events")
    for model in apps.get_app_config(label).get_models()
]


@pytest.mark.django_db
@pytest.mark.parametrize("meta", OURS, ids=lambda meta: meta.label)
def test_every_model_has_its_admin_page(client: Client, meta: object) -> None:
    owner = User.objects.create_superuser("admin", password="lantern-otter-velvet")
    client.cookies["aniworld_session"] = services.open_session(owner).token
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")  # type: ignore[attr-defined]
    assert client.get(address).status_code == 200
