"""Numbers that mean an episode only in their place: at a name's start, behind its title, in a
folder that says more.
"""

from __future__ import annotations

import re

from library.names.counting import bare, ends_title, is_film, single
from library.names.folders import Place
from library.names.found import Found, Kind, span
from library.names.titles import NUMBER_TITLES, key, title_before
from library.names.view import View

_YEAR_LATER = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d| ?x ?\d)")
_NUMBER_FIRST = tuple(f"{title} " for title in NUMBER_TITLES if re.match(r"\d+\w* ", title))
_BRACKETED_NEXT = re.compile(r" ?\[\d{1,3}(?:v\d)?\]")


def opening(match: re.Match[str], view: View) -> Found | None:
    """A number at the start: not where it begins a known title."""
    chain, place, name = match["chain"], view.place, key(view.clean)
    if f"{name} ".startswith(_NUMBER_FIRST) or _begins_title(chain, name, place):
        return None
    if not (place.title or place.season):
        lone = name == chain
        if (lone and len(chain) == 1) or ((lone or view.grouped) and chain in NUMBER_TITLES):
            return None
    if is_film(match, view):
        return None
    found = bare(match, view)
    return found._replace(start=match.start("chain")) if found else None


def _begins_title(chain: str, name: str, place: Place) -> bool:
    """Whether `chain` opens the series' title before the episode: 86 Eighty-Six 05."""
    title = f"{place.title_key} "
    if name == chain == place.title_key:  # a film, or episode 24 of 24
        return place.season is None
    if not title.startswith(f"{chain} ") or not name.startswith(title):
        return False
    return any(char.isdecimal() for char in name[len(title) :])


def batch(match: re.Match[str], view: View) -> Found | None:
    """01 - 12 at the end: a batch, not the number 12 of a title that ends in 01."""
    numbers = span(int(match[1]), int(match[2]))
    title = key(title_before(view.low, match.end(1)).title or "")
    if numbers is None or title in NUMBER_TITLES or title == view.known:
        return None
    return Found(match.start(), match.end(), numbers, kind=Kind.BARE)


def season_first(match: re.Match[str], view: View) -> Found | None:
    """4-13 is S04E13; 02-03 is a range of two, as it is in a season folder."""
    season, episode = int(match[1]), int(match[2])
    if view.place.season is not None or (len(match[1]) > 1 and episode > season):
        return None
    return Found(match.start(), match.end(), (episode,), season)


def season_again(match: re.Match[str], view: View) -> Found | None:
    """1.05 in the folder of season 1; anywhere else it is a title's: Evangelion 1.11."""
    season = int(match[1])
    if view.place.season != season:
        return None
    return Found(match.start(), match.end(), (int(match[2]),), season)


def before_series(match: re.Match[str], view: View) -> Found | None:
    """25 Title in the folder of Title; but 86 Title 05 is the fifth."""
    title, chain = view.place.title_key, match["chain"]
    rest = f"{key(view.clean[match.end() :])} "
    if not title or title.startswith(chain) or not rest.startswith(f"{title} "):
        return None
    return None if _MORE_NUMBERS.search(rest, len(title)) else bare(match, view)


_MORE_NUMBERS = re.compile(r"\d\d|\d(?! *$)")
# Folders that hold the series and films of everyone: a number before a name is the name's.
_SHELVES = frozenset(
    {"anime", "animes", "series", "serien", "shows", "tv", "tv shows", "tv series", "movies"}
    | {
        "films",
        "filme",
        "videos",
        "video",
        "media",
        "downloads",
        "download",
        "complete",
        "cartoons",
    }
)


def in_title_folder(match: re.Match[str], view: View) -> Found | None:
    """12 Name in the folder of a series, where it is the only number and no year makes a film."""
    title = view.place.title_key
    if not title or title in _SHELVES or title.startswith(match["chain"]):
        return None
    if _MORE_NUMBERS.search(view.clean, match.end()) or _YEAR_LATER.search(view.low, match.end()):
        return None
    return opening(match, view)


def in_season_folder(match: re.Match[str], view: View) -> Found | None:
    place = view.place
    if place.season is None or match["chain"] == place.title_key:  # 93/Movies/93 Name
        return None
    if place.special and not place.title:  # Movies/12 Angry Men
        return None
    return opening(match, view)


def in_series_folder(match: re.Match[str], view: View) -> Found | None:
    return opening(match, view) if view.place.title or view.place.season is not None else None


def bracketed(match: re.Match[str], view: View) -> Found | None:
    """[05], but not [86] where [05] follows."""
    if _BRACKETED_NEXT.match(match.string, match.end()) and not view.title_before(match):
        return None
    return bare(match, view)


def two_numbers(match: re.Match[str], view: View) -> Found | None:
    if view.grouped or view.season is not None or view.place.season is not None:
        return None
    if f"{view.title_before(match)} {match[1]}" in NUMBER_TITLES:
        return None
    return Found(match.start(), match.end(), (int(match[2]),), int(match[1]))


def rounded(match: re.Match[str], view: View) -> Found | None:
    """(9): the episode behind a release group; (09) in a season's folder or behind the series'
    title; else a copy's mark."""
    known = bool(view.known) and view.title_before(match) == view.known
    padded = len(match["chain"]) > 1 and (known or view.place.season is not None)
    return bare(match, view) if padded or view.low.startswith("[") else None


def in_special_folder(match: re.Match[str], view: View) -> Found | None:
    title = key(title_before(view.low, match.start("chain")).title or "")
    if not view.place.special or ends_title(title, match["chain"], view):
        return None
    return bare(match, view)


def grown_together(match: re.Match[str], view: View) -> Found | None:
    """naruto05: only in a season's folder, or where the letters are the series'."""
    letters = match[0][: match.start("chain")]
    grown = (letters, letters.removesuffix("e"), letters.removesuffix("ep"))  # TitleE05
    known = view.place.title_key.replace(" ", "").startswith(grown)
    if view.place.season is None and not (known and len(letters) > 2):
        return None
    return bare(match, view)


def short_pair(match: re.Match[str], view: View) -> Found | None:
    if f"{key(view.low[match.start() :])} ".startswith(_NUMBER_FIRST):
        return None
    return Found(match.start(), match.end(), (int(match[2] or match[3]),), int(match[1]))


def middle(match: re.Match[str], view: View) -> Found | None:
    """A number with text on both sides: padded, behind a release group or the series' title."""
    behind = bool(view.known) and view.title_before(match) == view.known
    if not behind and match.string[match.end() + 1 : match.end() + 2].isdecimal():
        return None
    return _inside(match, view, sure=view.grouped or behind)


def hyphened(match: re.Match[str], view: View) -> Found | None:
    """Title-05, and before more of the name Title-05-Name, or any behind the series' title."""
    more = match.string[match.end() : match.end() + 2].strip()
    behind = bool(view.known) and view.title_before(match) == view.known
    if len(match["chain"]) == 1 and (more or not behind):
        return None
    if more and not match["chain"].isdecimal():
        return None
    padded = more.startswith("-") and len(match["chain"]) == 2 and match["chain"].startswith("0")
    if more and not padded and not behind:
        return None
    return single(match, view)


def behind_dash(match: re.Match[str], view: View) -> Found | None:
    """Title - 05 Name; but of Title 08 - 12 Men in the folder of Title, 08 is the episode."""
    whole = view.title_before(match)
    before, _, number = whole.rpartition(" ")
    if before and before == view.known and number.isdecimal() and len(number) > 1:
        return bare(match, view) if whole in NUMBER_TITLES else None
    return bare(match, view)


def before_title(match: re.Match[str], view: View) -> Found | None:
    """Title 11 - Name: as above, or in the folder of a series; behind its title any number."""
    chain = match["chain"]
    if view.known and view.title_before(match) == view.known:
        return single(match, view)
    letters = match.string[match.end() + 3 : match.end() + 4].isalpha()
    if not chain[1:2].isdecimal() or not letters:
        return None
    return _inside(match, view, sure=view.grouped or bool(view.place.title))


def _inside(match: re.Match[str], view: View, *, sure: bool) -> Found | None:
    chain = match["chain"]
    if not chain.startswith("0") and not (sure and 1 < len(chain) < 4):
        return None
    if not view.title_before(match):
        return None
    return single(match, view)
