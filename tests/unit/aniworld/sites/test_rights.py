"""Another user may look at the providers; to change them is the owner's."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts import services as accounts
from aniworld.config import store
from aniworld.sites import pace

pytestmark = pytest.mark.django_db


def browser_of(user: User) -> Client:
    token = accounts.open_session(user).token
    return Client(HTTP_AUTHORIZATION=f"Bearer {token}")


def test_another_user_changes_no_provider() -> None:
    pace.rate_store().hold("media cdn.example", seconds=900)
    guest = browser_of(User.objects.create(username="guest"))
    assert guest.get("/api/providers").status_code == 200
    assert guest.get("/api/holds").status_code == 200
    changed = guest.patch("/api/providers/aniworld", {}, content_type="application/json")
    assert (changed.status_code, changed.json()["code"]) == (403, "permission_denied")
    hold = pace.holds()[0].id
    assert guest.delete(f"/api/holds/{hold}").status_code == 403
    assert guest.post(f"/queue/holds/{hold}/lift").status_code == 403
    assert guest.post("/add/sites", {"sites": ["aniworld"]}).status_code == 403
    assert not store.load().providers.sites
    assert pace.holds()

    owner = browser_of(User.objects.create(username="admin", is_superuser=True))
    assert owner.delete(f"/api/holds/{pace.holds()[0].id}").status_code == 200
