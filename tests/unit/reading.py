"""Reading pages as a browser would."""

from __future__ import annotations

import json
from typing import Any, Protocol

from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.test import Client


class Answer(Protocol):
    """The part of a response that is read."""

    @property
    def content(self) -> bytes: ...


def soup(response: Answer) -> BeautifulSoup:
    return BeautifulSoup(response.content.decode(), "lxml")


def get(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == status, response.content.decode()[:500]
    return soup(response)


def texts(page: Tag, selector: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in page.select(selector)]


def swap(client: Client, method: str, address: str, target: str, **data: Any) -> HttpResponse:
    """What htmx does to fill the element ``target``; redirects are followed with its headers."""
    call = getattr(client, method)
    response: HttpResponse = call(
        address, data, headers={"HX-Request": "true", "HX-Target": target}, follow=True
    )
    return response


def toasts(response: HttpResponse) -> list[dict[str, str]]:
    shown: list[dict[str, str]] = json.loads(response["HX-Trigger"])["toasts"]
    return shown
