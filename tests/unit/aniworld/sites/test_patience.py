"""How long a scan goes on asking a site that fails."""

from __future__ import annotations

import pytest

from aniworld.sites.patience import BROKEN_PAGES, Patience, Purpose
from providers.errors import (
    Blacklisted,
    ChallengeRequired,
    MarkupChanged,
    NotFound,
    PageBroken,
    ProviderError,
    RateLimited,
    SiteDown,
    SiteUnreachable,
)


def ask(patience: Patience, what: str, error: ProviderError | None = None) -> None:
    """Ask for a series to refresh it; the site answers with ``error``."""
    if error is None:
        with patience.asking("site", Purpose.REFRESH, what):
            return
    with pytest.raises(type(error)), patience.asking("site", Purpose.REFRESH, what):
        raise error


def refuses(patience: Patience, purpose: Purpose = Purpose.REFRESH) -> bool:
    return patience.refusal("site", purpose) is not None


@pytest.mark.parametrize(
    "error",
    [
        SiteUnreachable(why="as_told", text="no connection"),
        SiteDown(why="as_told", text="timed out"),
        RateLimited(why="as_told", text="slow down"),
        ChallengeRequired(why="as_told", text="captcha"),
        Blacklisted(why="as_told", text="spam"),
    ],
)
def test_site_that_cannot_be_had_is_asked_once_whatever_for(error: ProviderError) -> None:
    patience = Patience()
    ask(patience, "a", error)
    assert all(refuses(patience, purpose) for purpose in Purpose)
    assert patience.refusal("another site", Purpose.REFRESH) is None
    assert patience.given_up() == [("site", error)]
    with pytest.raises(type(error)), patience.asking("site", Purpose.SEARCH, "b"):
        pytest.fail("the site was asked again")


@pytest.mark.parametrize(
    "error", [PageBroken(why="as_told", text="500"), MarkupChanged("series", "title")]
)
def test_pages_that_are_broken_in_a_row_are_enough(error: ProviderError) -> None:
    patience = Patience()
    for number in range(BROKEN_PAGES - 1):
        ask(patience, str(number), error)
    assert not refuses(patience)
    ask(patience, "last", error)
    assert refuses(patience)
    assert not refuses(patience, Purpose.SEARCH)


@pytest.mark.parametrize("answer", [None, NotFound(why="as_told", text="no such series")])
def test_any_answer_between_them_starts_the_count_again(answer: ProviderError | None) -> None:
    patience = Patience()
    for number in range(BROKEN_PAGES * 2):
        ask(patience, f"broken {number}", PageBroken(why="as_told", text="500"))
        ask(patience, f"well {number}", answer)
    assert not refuses(patience)


def test_one_page_that_is_asked_for_often_counts_once() -> None:
    patience = Patience()
    for _ in range(BROKEN_PAGES * 2):
        ask(patience, "same", PageBroken(why="as_told", text="500"))
    assert not refuses(patience)
