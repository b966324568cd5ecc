"""What a browser gets for the addresses in a page, and how long it may keep it."""

from __future__ import annotations

import gzip
import json

import pytest
from django.conf import settings as current
from django.test import Client
from pytest_django import Settings

from aniworld.web.assets.storage import MODULE, SHEET, assets
from library.models import LibraryRoot
from tests.unit.aniworld.web.assets.conftest import Version, fetched
from tests.unit.reading import get, soup

pytestmark = pytest.mark.django_db

PACKED = {"Accept-Encoding": "gzip, deflate"}
MOST = {SHEET: 20_000, MODULE: 22_000}  # bytes over the line


@pytest.mark.parametrize("name", [SHEET, MODULE])
def test_a_file_is_named_by_its_content_compressed_and_kept_for_good(
    client: Client, name: str
) -> None:
    answer, packed = fetched(client, assets().url(name), **PACKED)
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert len(packed) < MOST[name]
    assert gzip.decompress(packed) == fetched(client, assets().url(name))[1]


def test_the_sheet_leads_to_no_other_sheet(client: Client) -> None:
    text = fetched(client, assets().url(SHEET))[1].decode()
    assert "@import" not in text
    assert text.count("{") == text.count("}") > 500


def test_who_has_a_file_already_is_told_so(client: Client) -> None:
    address = assets().url(SHEET)
    mark = fetched(client, address, **PACKED)[0]["ETag"]
    again, body = fetched(client, address, **PACKED, **{"If-None-Match": mark})
    assert (again.status_code, body) == (304, b"")


@pytest.mark.parametrize(
    "name", [SHEET, "css/base.css", "js/lib/dom.js", "css/main.0123456789ab.css"]
)
def test_an_address_that_no_page_names_leads_nowhere(client: Client, name: str) -> None:
    """Else one that somebody kept would lead to the sheet of another version."""
    assert fetched(client, f"{current.STATIC_URL}{name}")[0].status_code == 404


def test_what_lies_on_the_shelf_for_ourselves_is_not_served(client: Client) -> None:
    for name in ("files.json", "staticfiles.json"):
        assert fetched(client, f"{current.STATIC_URL}{name}")[0].status_code == 404


def test_a_page_asks_for_few_files(visitor: Client, library: LibraryRoot) -> None:
    page = get(visitor, "/")
    needed = page.select("link[rel=stylesheet], script[src], link[rel$=preload]")
    addresses = {str(found.get("src") or found.get("href")) for found in needed}
    assert len(page.select("link[rel=stylesheet]")) == 1
    assert len(addresses) <= 7
    import_map = page.select_one("script[type=importmap]")
    assert import_map is not None
    assert set(json.loads(import_map.get_text())["imports"].values()) == {assets().url(MODULE)}
    assert page.select_one(f'link[rel=modulepreload][href="{assets().url(MODULE)}"]')


def test_the_font_that_is_preloaded_is_the_one_that_the_sheet_names(client: Client) -> None:
    page = soup(client.get("/setup"))
    preloaded = page.select_one("link[rel=preload][as=font][crossorigin]")
    assert preloaded is not None
    name = str(preloaded["href"]).removeprefix(current.STATIC_URL)
    assert f'url("../{name}")' in fetched(client, assets().url(SHEET))[1].decode()


def test_below_a_base_path_addresses_lead_there(settings: Settings, version: Version) -> None:
    version.start()
    settings.FORCE_SCRIPT_NAME = "/anime"
    settings.STATIC_URL = "/anime/static/"
    client = Client()
    page = soup(client.get("/setup"))  # the server has taken the base path off
    sheet, script = page.select_one("link[rel=stylesheet]"), page.select_one("script[src]")
    assert sheet is not None
    assert script is not None
    for address in (str(sheet["href"]), str(script["src"])):
        assert address.startswith("/anime/static/")
        assert fetched(client, address.removeprefix("/anime"))[0].status_code == 200


def test_with_debug_the_sources_are_served_as_they_are(
    settings: Settings, version: Version
) -> None:
    settings.DEBUG = True
    client = version.start()
    page = soup(client.get("/setup"))
    sheet, import_map = page.select_one("link[rel=stylesheet]"), page.select_one("[type=importmap]")
    assert sheet is not None
    assert import_map is not None
    assert sheet["href"] == "/static/css/main.css"
    version.change("css/main.css", "/* changed just now */\n")
    assert b"changed just now" in fetched(client, "/static/css/main.css")[1]
    addresses = json.loads(import_map.get_text())["imports"]
    assert addresses == {"lib/": "/static/js/lib/", "components/": "/static/js/components/"}
    assert fetched(client, f"{addresses['lib/']}dom.js")[0].status_code == 200
    assert not version.root.exists()  # nothing is made


@pytest.mark.parametrize("address", ["/api/docs", "/admin/", "/api/v1/anime", "/nothing"])
def test_pages_that_others_have_written_name_files_that_are_there(
    visitor: Client, library: LibraryRoot, address: str
) -> None:
    page = soup(visitor.get(address, headers={"Accept": "text/html"}))
    needed = page.select(
        "link[href][rel~=stylesheet], link[href][rel~=icon], script[src], img[src]"
    )
    named = {str(found.get("href") or found.get("src")) for found in needed}
    assert named
    for name in named:
        answer, _ = fetched(visitor, name)
        assert answer.status_code in (200, 302), name
