"""Every table of ours can be looked at in Django's admin."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from accounts import services

ROOMS = ("accounts", "aniworld", "downloads", "library")
OURS = [
    model._meta
    for app in apps.get_app_configs()
    if app.name.partition(".")[0] in ROOMS
    for model in app.get_models()
]


@pytest.mark.django_db
@pytest.mark.parametrize("meta", OURS, ids=lambda meta: meta.label)
def test_every_model_has_its_admin_page(client: Client, meta: object) -> None:
    owner = User.objects.create_superuser("admin", password="lantern-otter-velvet")
    client.cookies["aniworld_session"] = services.open_session(owner).token
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")  # type: ignore[attr-defined]
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_the_admin_is_ours_and_its_way_out_ends_the_session(client: Client) -> None:
    owner = User.objects.create_superuser("admin", password="lantern-otter-velvet")
    client.cookies["aniworld_session"] = services.open_session(owner).token
    front = client.get(reverse("admin:index")).content.decode()
    assert "Aniworld administration" in front
    assert "/admin/library/episode/add/" not in front  # scans make them
    client.post(reverse("admin:logout"))
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/anime", "/api/queue/status"])
def test_the_browsable_api_is_ours(client: Client, address: str) -> None:
    owner = User.objects.create_superuser("admin", password="lantern-otter-velvet")
    client.cookies["aniworld_session"] = services.open_session(owner).token
    page = client.get(address, headers={"Accept": "text/html"}).content.decode()
    assert "Aniworld API" in page
    assert "django-rest-framework.org" not in page


@pytest.mark.django_db
def test_the_icon_is_there_before_the_login(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/img/logo.svg")
