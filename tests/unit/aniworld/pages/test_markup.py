"""What the content policy asks of every page, and that every file a page names is there."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
from django.utils import timezone

from library.models import LibraryRoot
from tests.factories import make_item, make_scan, make_series, make_unmatched
from tests.unit.reading import get, soup

STATIC = settings.PROJECT_DIR / "static"
CANDIDATE = {"key": "a", "name": "A", "site": "aniworld", "year": 2001, "score": 0.9, "reasons": []}


def is_there(address: str) -> bool:
    """Whether a browser gets that static file."""
    return staticfiles_storage.exists(address.removeprefix(settings.STATIC_URL))


@pytest.fixture
def pages(visitor: Client, library: LibraryRoot) -> list[BeautifulSoup]:
    series = make_series("Mushishi", present=1, missing=2, cover_source="https://x.example/a.jpg")
    make_item(series, 2)
    make_item(series, 3, status="DOWNLOADING", progress_percent=12)
    make_unmatched("Kino", CANDIDATE)
    make_unmatched("", reason="LOOSE_FILES")
    make_scan("RUNNING", total=3, current=1)
    addresses = ["/", "/?view=table", "/queue", "/add", "/unmatched", "/system", "/logs"]
    addresses += ["/system/bundle", "/system/faults"]
    addresses += ["/account", "/journal", "/journal/audit"]
    addresses += ["/statistics", "/statistics?period=year"]
    addresses += ["/calendar", "/calendar?view=month", "/calendar?view=day", "/calendar/feed"]
    addresses += ["/following", "/following/waiting", "/settings/following"]
    parts = ("", "/mapping", "/following", "/episodes/1/1/why")
    addresses += [f"/series/{series.key}{part}" for part in parts]
    return [
        *(get(visitor, address) for address in addresses),
        get(visitor, "/nothing", status=404),
        soup(Client().get("/login")),
    ]


def test_no_inline_style_script_or_handler(pages: list[BeautifulSoup]) -> None:
    for page in pages:
        assert not page.select("style, [style]")
        assert not page.select("script:not([src], [type=importmap])")
        for element in page.find_all(True):
            assert not [name for name in element.attrs if name.startswith(("on", "hx-on"))]


def test_the_policy_lets_the_import_map_in_and_nothing_else_inline(
    visitor: Client, library: LibraryRoot
) -> None:
    answer = visitor.get("/")
    policy = answer["Content-Security-Policy"]
    import_map = soup(answer).select_one("script[type=importmap]")
    assert import_map is not None
    assert f"'nonce-{import_map['nonce']}'" in policy
    assert "unsafe" not in policy


def test_pages_are_named_and_kept_out_of_search_engines(pages: list[BeautifulSoup]) -> None:
    titles = [page.select_one("title") for page in pages]
    assert all(title and title.get_text().strip().endswith("Aniworld") for title in titles)
    for page in pages:
        assert page.select_one("meta[name=robots][content*=noindex]")
        assert len(page.select("h1")) == 1
        assert len(page.select("main")) == 1


@pytest.mark.parametrize(
    ("wanted", "language", "scanned", "required"),
    [
        *(
            (wanted, "en", "Scanned 3 hours ago", "This field is required.")
            for wanted in ("ja", "en-GB", "fr-CA,fr;q=0.9,en;q=0.5")
        ),
        *(
            (wanted, "de", "Letzter Scan: 3 Stunden her", "Dieses Feld ist erforderlich.")
            for wanted in ("de", "de-AT,de;q=0.9,en;q=0.5")
        ),
    ],
)
def test_a_page_is_in_one_language_alone(
    *,
    visitor: Client,
    library: LibraryRoot,
    wanted: str,
    language: str,
    scanned: str,
    required: str,
) -> None:
    """Ours, Django's, and that of what was asked for."""
    ended = timezone.now() - timedelta(hours=3)
    make_scan(finished_at=ended, result={"folders": 1234, "files": 1})
    page = soup(visitor.get("/", headers={"Accept-Language": wanted}))
    assert page.html is not None
    assert page.html["lang"] == language
    assert scanned in " ".join(page.get_text().split()).replace("\xa0", " ")
    refused = soup(Client().post("/login", {}, headers={"Accept-Language": wanted}))
    assert required in refused.get_text()


def test_ids_are_unique_and_fields_have_names(pages: list[BeautifulSoup]) -> None:
    for page in pages:
        ids = [element["id"] for element in page.select("[id]")]
        assert len(ids) == len(set(ids))
        for field in page.select("input:not([type=hidden]), select, button, progress"):
            label = page.select_one(f"label[for='{field['id']}']") if field.get("id") else None
            named = field.get("aria-label") or field.get_text(strip=True) or label
            assert named or field.find_parent("label"), str(field)[:200]


def test_every_static_file_a_page_names_exists(pages: list[BeautifulSoup]) -> None:
    for page in pages:
        named = [str(found["src"]) for found in page.select("script[src], img[src^='/static/']")]
        named += [str(found["href"]) for found in page.select("link[href]")]
        assert named
        for address in named:
            assert is_there(address), address


def test_every_module_finds_what_it_imports(pages: list[BeautifulSoup]) -> None:
    import_map = pages[0].select_one("script[type=importmap]")
    assert import_map is not None
    addresses = json.loads(import_map.get_text())["imports"]
    for script in (STATIC / "js").rglob("*.js"):
        for module in re.findall(r'^import [^"]*"([^"]+)"', script.read_text(), re.MULTILINE):
            assert is_there(addresses[module]), f"{script}: {module}"


def test_every_stylesheet_is_part_of_a_layer_and_of_the_product() -> None:
    main = (STATIC / "css/main.css").read_text()
    imported = re.findall(r'@import url\("([^"]+)"\)', main)
    ours = {str(path.relative_to(STATIC / "css")) for path in (STATIC / "css").rglob("*.css")}
    assert ours - {"main.css", "admin.css"} == {
        name for name in imported if not name.startswith("../")
    }
    for name in imported:
        path = finders.find(name.removeprefix("../") if name.startswith("../") else f"css/{name}")
        assert path, name
        if not name.startswith("../"):
            assert re.search(r"^@layer \w+ \{", Path(path).read_text(), re.MULTILINE)


def test_every_colour_of_a_stylesheet_is_a_token_that_exists() -> None:
    text = "".join(path.read_text() for path in (STATIC / "css").rglob("*.css"))
    defined = set(re.findall(r"(--[\w-]+):", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) - defined == set()
