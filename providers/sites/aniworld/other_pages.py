"""Pages that come in the place of a page of AniWorld, told apart before anybody reads them.

Source: the page contract, 2.7 and 2.8. A page that is the site's own and lacks a landmark is one
that has changed; of any other that would be the wrong thing to say.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from providers.challenge import protection_in
from providers.coded import foreign
from providers.errors import ChallengeRequired, SiteDown
from providers.http import Page
from providers.sites.aniworld.landmarks import (
    LABEL,
    refuse_error_page,
    refuse_spam_page,
    text_of,
)

_OWN_LINK = "/anime/stream/"
_LINK_OUT = "/redirect/"  # a page there is a matter of one link


def refuse_other_pages(page: Page) -> None:
    """Let pages of the site pass, and answers that are none.

    Raises:
        Blacklisted: our requests are said to be spam.
        NotFound, PageBroken: it is an error page.
        ChallengeRequired: a check stands before the page. That it came with status 200 says nothing
            where all that it has of a page is the check.
        SiteDown: somebody else answers: an internet provider that keeps the site from its
            customers, or whoever has its name or its address by now.
    """
    refuse_spam_page(page)
    if _is_own(page) or urlsplit(page.url).path.startswith(_LINK_OUT):
        return
    refuse_error_page(page)
    sign = protection_in(page.text)
    if sign:
        raise ChallengeRequired(why="check", site=LABEL, sign=sign, url=page.url)
    title = text_of(page.soup, "title")
    if title and LABEL.casefold() not in page.text.casefold():
        raise SiteDown(why="foreign_page", site=LABEL, title=foreign(title), url=page.url)


def _is_own(page: Page) -> bool:
    """Whether it leads to a series, as every page of the site does, or is no page but JSON."""
    return _OWN_LINK in page.text or page.text.lstrip()[:1] in {"[", "{"}
