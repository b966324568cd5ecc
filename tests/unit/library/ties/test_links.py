"""A link of the owner's own for one episode."""

from __future__ import annotations

import pytest
from django.test import Client

from aniworld.config import store
from aniworld.journal.models import Entry
from aniworld.journal.services import undo
from downloads.models import DownloadQueueItem
from downloads.texts import provider_in_words
from downloads.worker import jobs
from library.errors import EpisodeNotFound, InvalidPreferences, OwnLinkNotFound
from library.models import AnimeSeries, OwnLink
from library.ties.links import get_link, remove_link, set_link
from providers.base import OWN
from providers.errors import AddressRefused
from providers.own import OwnLinkSite, likely
from tests.factories import make_item, make_series
from tests.unit.visiting import visitor  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

LINK = "https://media.example/film.mp4?token=secret"


@pytest.fixture
def series() -> AnimeSeries:
    return make_series("Show", key="show", missing=3)


def test_it_is_given_changed_and_taken_back(series: AnimeSeries) -> None:
    set_link(series, 1, 2, link=LINK, language="German Dub")
    assert "secret" not in str(Entry.objects.latest("pk").after)
    set_link(series, 1, 2, link="https://b.example/x", language="German Sub")
    undo(entry_id=Entry.objects.latest("pk").pk)
    assert (get_link(series, 1, 2).link, get_link(series, 1, 2).language) == (LINK, "German Dub")
    remove_link(series, 1, 2)
    undo(entry_id=Entry.objects.latest("pk").pk)
    assert get_link(series, 1, 2).link == LINK
    remove_link(series, 1, 2)
    with pytest.raises(OwnLinkNotFound):
        remove_link(series, 1, 2)


def test_what_is_no_use_is_refused(series: AnimeSeries) -> None:
    with pytest.raises(EpisodeNotFound):
        set_link(series, 1, 99, link=LINK, language="German Dub")
    with pytest.raises(InvalidPreferences):
        set_link(series, 1, 1, link=LINK, language="Klingon")
    for link in ("file:///etc/passwd", "http://10.0.0.1/x", "javascript:alert(1)", "nonsense"):
        with pytest.raises(AddressRefused):
            set_link(series, 1, 1, link=link, language="German Dub")
    assert not OwnLink.objects.exists()


def test_it_is_asked_before_any_site_and_also_without_one(series: AnimeSeries) -> None:
    set_link(series, 1, 1, link=LINK, language="English Dub")
    (only,) = jobs.places_of(make_item(series, 1), store.load())
    assert (only.site, only.link, only.language) == (OWN, LINK, "English Dub")
    store.update(lambda data: data["providers"].update(sites={"aniworld": {"enabled": True}}))
    places = jobs.places_of(make_item(series, 1, status="FAILED"), store.load())
    assert [one.site for one in places] == [OWN, "aniworld"]
    assert provider_in_words(OWN) == "your link"


@pytest.mark.parametrize(
    ("link", "hosters"),
    [
        ("https://media.example/a.mp4?x=1", ("direct",)),
        ("https://media.example/master.m3u8", ("direct",)),
        ("https://voe.sx/e/abc", ("voe",)),
        ("https://www.vidmoly.net/embed-a.html", ("vidmoly", "direct")),
        ("https://vimeo.com/12345", ("ytdlp", "direct", "voe")),
        ("https://changing-name.example/e/abc", ("ytdlp", "direct", "voe")),
    ],
)
def test_the_hosters_that_may_read_it(link: str, hosters: tuple[str, ...]) -> None:
    assert likely(link) == hosters
    sources = OwnLinkSite(link, "German Dub").sources("", 1, 1)
    assert [(one.hoster, one.link, one.language) for one in sources] == [
        (hoster, link, "German Dub") for hoster in hosters
    ]


def test_by_hand(series: AnimeSeries, visitor: Client) -> None:  # noqa: F811
    page = "/series/show/episodes/1/3/link"
    assert visitor.get(page).status_code == 200
    assert visitor.get("/series/show/episodes/1/99/link").status_code == 404
    wrong = visitor.post(page, {"link": "http://10.0.0.1/x", "language": "German Dub"})
    assert (wrong.status_code, b"10.0.0.1 is a private" in wrong.content) == (422, True)
    visitor.post(page, {"link": LINK, "language": "German Dub", "queue": "on"})
    assert DownloadQueueItem.objects.get().episode_number == 3
    assert b"Take the link back" in visitor.get(page).content
    visitor.post(page, {"action": "remove"})
    assert not OwnLink.objects.exists()
