"""What the configuration takes, and what it says about what it does not take."""

from __future__ import annotations

from typing import Any

import pytest

from aniworld.config import codec
from aniworld.config.errors import ConfigInvalid
from aniworld.config.schema import Config
from providers.base import SiteSettings


def test_nothing_given_yields_the_defaults() -> None:
    config = codec.parse({})

    assert config == Config()
    assert config.downloads.auto_start is False
    assert config.downloads.max_retries == 3
    assert config.providers.sites == {}
    assert config.providers.languages[0] == "German Dub"


def test_plain_values_and_back() -> None:
    data = codec.plain(Config())
    data["providers"]["sites"]["aniworld"] = {
        "enabled": True,
        "base_url": "http://127.0.0.1:8100",
        "mirrors": ["https://mirror.example"],
        "requests_per_second": 2,
    }
    config = codec.parse(data)

    assert config.providers.sites["aniworld"] == SiteSettings(
        enabled=True,
        base_url="http://127.0.0.1:8100",
        mirrors=("https://mirror.example",),
        requests_per_second=2.0,
    )
    assert codec.parse(codec.plain(config)) == config


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("library", "directories", "/anime"),
        ("library", "directories", ["anime"]),
        ("library", "directories", ["/anime\0"]),
        ("library", "directories", ["/anime", "/anime"]),
        ("library", "directories", ["/anime", "/anime/"]),
        ("library", "directories", ["/anime", "/films/../anime"]),
        ("library", "directories", ["/anime/films", "/anime-2", "/anime"]),
        ("library", "directories", [7]),
        ("library", "mass_removal_share", 0),
        ("library", "mass_removal_share", 1.5),
        ("library", "mass_removal_share", float("nan")),
        ("library", "mass_removal_share", None),
        ("providers", "sites", []),
        ("providers", "sites", {"Not A Name": {}}),
        ("providers", "languages", ["German Dub", " "]),
        ("providers", "hosters", [None]),
        ("downloads", "auto_start", 1),
        ("downloads", "max_retries", True),
        ("downloads", "max_retries", 2.5),
        ("downloads", "max_retries", -1),
        ("downloads", "max_retries", "3"),
        ("downloads", "naming_template", "{name}/{episode}"),
        ("downloads", "naming_template", "{season} {episode} {secret}"),
        ("downloads", "naming_template", "{season} {episode} {name"),
        ("downloads", "naming_template", "{season} {episode.__class__}"),
        ("downloads", "naming_template", "{season} {episode:.x}"),
        ("downloads", "naming_template", "/etc/{season}{episode}"),
        ("downloads", "naming_template", "../{season}{episode}"),
        ("backup", "keep", 0),
    ],
)
def test_a_wrong_value_is_named(section: str, name: str, value: Any) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse({section: {name: value}})

    assert [error.field for error in caught.value.errors] == [f"{section}.{name}"]
    assert caught.value.errors[0].code == "invalid"
    assert caught.value.errors[0].detail


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("base_url", "ftp://site.example"),
        ("base_url", "site.example"),
        ("base_url", "http://"),
        ("base_url", "http://[::1"),
        ("base_url", "http://site.example:99999"),
        ("mirrors", ["javascript:alert(1)"]),
        ("requests_per_second", 0),
        ("enabled", "yes"),
    ],
)
def test_a_wrong_value_of_a_site_is_named(name: str, value: Any) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse({"providers": {"sites": {"aniworld": {name: value}}}})

    assert [error.field for error in caught.value.errors] == [f"providers.sites.aniworld.{name}"]


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse({"library": [], "downloads": {"max_retries": -1, "colour": 1}, "colour": {}})

    assert {(error.field, error.code) for error in caught.value.errors} == {
        ("library", "invalid"),
        ("downloads.max_retries", "invalid"),
        ("downloads.colour", "unknown"),
        ("colour", "unknown"),
    }
