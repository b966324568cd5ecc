"""The difference between two configurations, as it may be shown to anyone."""

from __future__ import annotations

from aniworld.config.changes import names_in
from aniworld.config.difference import difference


def test_what_differs_is_named_field_by_field() -> None:
    before = {"version": 1, "library": {"directories": ["/a"], "share": 0.5}, "gone": {"x": 1}}
    after = {"version": 2, "library": {"directories": ["/a", "/b"], "share": 0.5}, "new": {"y": 2}}
    assert difference(before, after) == (
        {"gone.x": 1, "library.directories": ["/a"]},
        {"library.directories": ["/a", "/b"], "new.y": 2},
    )


def test_an_object_that_is_filled_for_the_first_time_is_a_difference() -> None:
    was, now = difference({"sites": {}}, {"sites": {"aniworld": {"enabled": True}}})
    assert (was, now) == ({"sites": {}}, {"sites.aniworld.enabled": True})


def test_what_lets_somebody_in_is_left_out() -> None:
    before = {"site": {"base_url": "https://owner:secret@example.com:8443/a?b", "mirrors": []}}
    after = {"site": {"base_url": "https://example.com", "mirrors": ["http://key@one.example/"]}}
    was, now = difference(before, after)
    assert was["site.base_url"] == "https://•••@example.com:8443/a?…"
    assert now["site.mirrors"] == ["http://•••@one.example/"]
    assert "secret" not in str((was, now))
    assert "key@" not in str((was, now))


def test_what_an_address_asks_for_is_left_out_wherever_it_stands() -> None:
    addresses = [
        "https://owner:secret@a.example/?token=secret",
        "HTTPS://a.example/b#secret\nsecret",
        "https://a.example?token=secret#secret",
        "https://owner:sec/ret@a.example/",
        "https://owner:sec?ret@a.example/",
    ]
    shown = [
        "https://•••@a.example/?…",
        "HTTPS://a.example/b#…",
        "https://a.example?…",
        "https://•••",
        "https://•••",
    ]
    within = [{"name": "a?b#c@d", "of": {"urls": addresses}}]
    _, now = difference({}, {"one": addresses[0], "many": addresses, "within": within})
    assert now == {
        "one": shown[0],
        "many": shown,
        "within": [{"name": "a?b#c@d", "of": {"urls": shown}}],
    }


def test_an_object_around_what_differs_is_not_named_beside_it() -> None:
    was, now = difference({"sites": {}}, {"sites": {"aniworld": {"enabled": True}}})
    assert names_in(was, now) == names_in(now, was) == ["sites.aniworld.enabled"]
    assert names_in({}, {"sites.aniworld": {}}) == ["sites.aniworld"]
    assert names_in({"sites": {"a": 1}}, {"sites.b": 1}) == ["sites", "sites.b"]
