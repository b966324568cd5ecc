"""What pages are made of, shown to whoever works on them and to nobody else."""

from __future__ import annotations

from importlib import reload
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from pytest_django import Settings

from aniworld.pages import styleguide, urls
from aniworld.web.page import PageRequest
from tests.unit.reading import soup


@pytest.fixture
def shown(visitor: Client) -> HttpResponse:
    """The page as somebody who is logged in gets it where it is routed."""
    request = cast(PageRequest, visitor.get("/keyboard").wsgi_request)
    return styleguide.styleguide(request)


def test_it_shows_every_token_and_nothing_inline(shown: HttpResponse) -> None:
    page = soup(shown)
    names = {code.get_text() for code in page.select("code")}
    assert {"accent", "text-soft", "danger", "space-lg", "radius-md", "size-body"} <= names
    assert not page.select("[style], style")
    assert page.select_one(".empty h2")


def test_it_is_routed_with_debug_alone(settings: Settings) -> None:
    with pytest.raises(Resolver404):
        resolve("/styleguide")
    settings.DEBUG = True
    try:
        assert "styleguide" in {one.name for one in reload(urls).urlpatterns}
    finally:
        settings.DEBUG = False
        reload(urls)
