"""Addresses that are shown to whoever looks."""

from __future__ import annotations

import pytest

from providers.addresses import without_login
from providers.sites.aniworld.search import series_link
from providers.sites.archive.item import item_address


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://me:secret@a.example:8443/x?y#z", "https://a.example:8443/x?y#z"),
        ("https://me@[::1]/x", "https://[::1]/x"),
        ("https://a.example/@x", "https://a.example/@x"),
        ("", ""),
    ],
)
def test_a_login_is_left_out(address: str, shown: str) -> None:
    assert without_login(address) == shown


def test_the_page_of_a_series_has_none() -> None:
    base = "https://me:secret@a.example"
    assert series_link(base, "one") == "https://a.example/anime/stream/one"
    assert item_address(base, "one") == "https://a.example/details/one"
