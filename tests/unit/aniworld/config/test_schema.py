"""What the configuration takes, and what it says about what it does not take."""

from __future__ import annotations

import json
import os
import subprocess
import sys
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
    ("section", "name", "value", "field", "code"),
    [
        ("library", "directories", "/anime", "", "not_a_list"),
        ("library", "directories", ["anime"], ".0", "not_a_full_path"),
        ("library", "directories", ["/anime\0"], ".0", "not_a_full_path"),
        ("library", "directories", ["/anime", "/anime"], ".1", "listed_twice"),
        ("library", "directories", ["/anime", "/anime/"], ".1", "listed_twice"),
        ("library", "directories", ["/anime", "//anime"], ".1", "listed_twice"),
        ("library", "directories", ["/anime", "/films/../anime"], ".1", "listed_twice"),
        ("library", "directories", ["/anime/films", "/anime-2", "/anime"], ".0", "inside_another"),
        ("library", "directories", [7], ".0", "not_a_text"),
        ("library", "directories", ["/half \ud800"], ".0", "not_a_text"),
        ("library", "mass_removal_share", 0, "", "between"),
        ("library", "mass_removal_share", 1.5, "", "between"),
        ("library", "mass_removal_share", 10**400, "", "between"),
        ("library", "mass_removal_share", float("inf"), "", "between"),
        ("library", "mass_removal_share", float("nan"), "", "not_a_number"),
        ("library", "mass_removal_share", None, "", "not_a_number"),
        ("library", "mass_removal_share", True, "", "not_a_number"),
        ("providers", "sites", [], "", "not_an_object"),
        ("providers", "sites", {"Not A Name": {}}, ".Not A Name", "not_a_name"),
        ("providers", "sites", {"aniworld": 1}, ".aniworld", "not_an_object"),
        ("providers", "languages", ["German Dub", " "], ".1", "empty"),
        ("providers", "languages", ["German Dub", "Klingon"], ".1", "unknown_language"),
        ("providers", "languages", ["unknown-"], ".0", "unknown_language"),
        ("providers", "languages", ["german sub", "unknown-a-b", "x"], ".2", "unknown_language"),
        ("providers", "hosters", ["voe", "filemoon"], ".1", "unknown_hoster"),
        ("providers", "hosters", [None], ".0", "not_a_text"),
        ("providers", "hosters", ["voe\n"], ".0", "not_a_name"),
        ("downloads", "auto_start", 1, "", "not_a_flag"),
        ("downloads", "max_retries", True, "", "not_whole"),
        ("downloads", "max_retries", 2.5, "", "not_whole"),
        ("downloads", "max_retries", float("inf"), "", "not_whole"),
        ("downloads", "max_retries", -1, "", "between"),
        ("downloads", "max_retries", 1e300, "", "between"),
        ("downloads", "max_retries", "3", "", "not_whole"),
        ("downloads", "naming_template", 7, "", "not_a_text"),
        ("backup", "keep", 0, "", "between"),
    ],
)
def test_a_wrong_value_is_named(section: str, name: str, value: Any, field: str, code: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse({section: {name: value}})

    errors = caught.value.errors
    assert [(error.field, error.code) for error in errors] == [(f"{section}.{name}{field}", code)]
    assert str(caught.value) == f"The configuration is not valid: {section}.{name}{field}."


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{name}/{episode}", {"no_numbers"}),
        ("{season} {episode} {secret}", {"unknown_token"}),
        ("{absolute} {secret}", {"unknown_token"}),
        ("{absolute:.3}", {"not_a_width"}),
        ("{season} {episode} {0}", {"unknown_token"}),
        ("{season} {episode} {name", {"unreadable"}),
        ("{season} {episode.__class__}", {"unknown_token", "no_numbers"}),
        ("{season} {episode:.x}", {"not_a_width"}),
        ("{season} {episode:٣}", {"not_a_width"}),
        ("{season} {episode!r}", {"not_a_width"}),
        ("/etc/{season}{episode}", {"outside"}),
        ("../{season}{episode}", {"outside"}),
        ("../{name:x}{colour}", {"unknown_token", "no_numbers", "not_a_width", "outside"}),
    ],
)
def test_all_that_is_wrong_with_a_naming_template(template: str, why: set[str]) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse({"downloads": {"naming_template": template}})

    assert {(error.code, error.params["why"]) for error in caught.value.errors} == {
        ("naming_template", one) for one in why
    }


@pytest.mark.parametrize(
    ("name", "value", "field", "code"),
    [
        ("base_url", "ftp://site.example", "", "not_a_site_address"),
        ("base_url", "site.example", "", "not_a_site_address"),
        ("base_url", "http://", "", "not_a_site_address"),
        ("base_url", "http://[::1", "", "not_a_site_address"),
        ("base_url", "http://[1:2]", "", "not_a_site_address"),
        ("base_url", "http://site.example:99999", "", "not_a_site_address"),
        ("base_url", "http://site.example:0", "", "not_a_site_address"),
        ("base_url", " http://site.example", "", "not_a_site_address"),
        ("base_url", "http://site\n.example", "", "not_a_site_address"),
        ("base_url", "http://site.example@other@third", "", "not_a_site_address"),
        ("base_url", " ", "", "not_a_site_address"),
        ("base_url", "file://", "", "not_a_site_address"),
        ("base_url", "file:////etc/passwd", "", "not_a_site_address"),
        ("base_url", "file://host/a.json", "", "not_a_site_address"),
        ("base_url", "file:///a.json?x", "", "not_a_site_address"),
        ("base_url", "/srv/a.json", "", "not_a_site_address"),
        ("proxy", "https://host:1", "", "not_a_proxy_address"),
        ("proxy", "socks5://host", "", "not_a_proxy_address"),
        ("proxy", "http://host:", "", "not_a_proxy_address"),
        ("proxy", "http://host:0", "", "not_a_proxy_address"),
        ("proxy", "http://host:1/", "", "not_a_proxy_address"),
        ("mirrors", ["file:///srv/a.json"], ".0", "not_a_web_address"),
        ("mirrors", ["javascript:alert(1)"], ".0", "not_a_web_address"),
        ("requests_per_second", 0, "", "between"),
        ("position", -1, "", "between"),
        ("enabled", "yes", "", "not_a_flag"),
        ("colour", "red", "", "unknown_setting"),
    ],
)
def test_a_wrong_value_of_a_site_is_named(name: str, value: Any, field: str, code: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse({"providers": {"sites": {"aniworld": {name: value}}}})

    assert [(error.field, error.code) for error in caught.value.errors] == [
        (f"providers.sites.aniworld.{name}{field}", code)
    ]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://site.example",
        "HTTP://SITE.EXAMPLE:8080/path?query#part",
        "http://user:secret@site.example",
        "http://[::1]:8000/",
        "http://münchen.example/a b",
    ],
)
def test_addresses_a_site_may_have(address: str) -> None:
    config = codec.parse({"providers": {"sites": {"aniworld": {"base_url": address}}}})

    assert config.providers.sites["aniworld"].base_url == address


def test_a_number_without_a_fraction_is_whole() -> None:
    retries = codec.parse({"downloads": {"max_retries": 5.0}}).downloads.max_retries

    assert (retries, type(retries)) == (5, int)


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse(
            {
                "library": [],
                "providers": {"hosters": ["A", "voe", 7, "B"], "sites": {"X": {"enabled": 1}}},
                "downloads": {"max_retries": -1, "colour": 1},
                "colour": {},
            }
        )

    assert {(error.field, error.code) for error in caught.value.errors} == {
        ("library", "not_an_object"),
        ("providers.hosters.0", "not_a_name"),
        ("providers.hosters.2", "not_a_text"),
        ("providers.hosters.3", "not_a_name"),
        ("providers.sites.X", "not_a_name"),
        ("providers.sites.X.enabled", "not_a_flag"),
        ("downloads.max_retries", "between"),
        ("downloads.colour", "unknown_setting"),
        ("colour", "unknown_setting"),
    }


@pytest.mark.parametrize("data", [[], None, 7, "{}", True])
def test_a_file_that_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse(data)

    assert [(error.field, error.code) for error in caught.value.errors] == [("", "not_an_object")]


def test_a_file_full_of_errors_is_not_read_to_its_end() -> None:
    with pytest.raises(ConfigInvalid) as caught:
        codec.parse({"providers": {"hosters": [None] * 100_000}})

    assert len(caught.value.errors) == codec.MOST_ERRORS


def test_who_has_no_described_site_does_not_load_what_reads_one() -> None:
    """Each process reads the configuration first: that must not bring a parser along."""
    data = codec.plain(Config())
    data["providers"]["sites"]["aniworld"] = {"enabled": True, "definition": ""}
    script = (
        "import json, sys; import django; django.setup();"
        "from aniworld.config import codec; codec.parse(json.loads(sys.argv[1]));"
        "print([name for name in sys.modules if name.startswith('providers.sites')])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "aniworld.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(data)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stdout.splitlines()[-1] == "[]"
