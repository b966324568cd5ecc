"""One name as the tables of `alone.py` look at it."""

from __future__ import annotations

import re

from library.names import noise
from library.names.folders import Place
from library.names.markers import SeasonMark
from library.names.titles import key


class View:
    """One name with more and more of it blanked; each stage is made when first asked for."""

    __slots__ = (
        "_clean",
        "_unbracketed",
        "_whole",
        "grouped",
        "known",
        "low",
        "mark_start",
        "place",
        "season",
    )

    def __init__(
        self, low: str, place: Place, mark: SeasonMark | None, grouped: bool, known: str
    ) -> None:
        self.low = low  # plain, lower case, season mark blanked
        self.known = known  # the series' title as `low` spells it, as a key
        self.place = place
        self.season = mark.season if mark else None
        self.mark_start = mark.start if mark else None
        self.grouped = grouped  # carries a release group or checksum in brackets
        self._unbracketed: str | None = None
        self._clean: str | None = None
        self._whole: str | None = None

    def spaced(self) -> View:
        """The same name with spaces where it has hyphens."""
        view = View(self.low.replace("-", " "), self.place, None, self.grouped, self.known)
        view.season, view.mark_start = self.season, self.mark_start
        return view

    def title_before(self, match: re.Match[str]) -> str:
        """What stands outside brackets before `match`, as a key."""
        return key(self.unbracketed[: match.start()])

    @property
    def unbracketed(self) -> str:
        if self._unbracketed is None:
            self._unbracketed = noise.without_brackets(self.low).rstrip()
        return self._unbracketed

    @property
    def clean(self) -> str:
        """Without brackets, years, part numbers; cut at the first release sign."""
        if self._clean is None:
            cut = noise.until_release_sign(self.unbracketed)
            self._clean = noise.without_numbered_words(cut)
        return self._clean

    @property
    def whole(self) -> str:
        """As `clean`, but with release signs blanked and all that follows them kept."""
        if self._whole is None:
            rest = noise.without_release_signs(self.unbracketed)
            self._whole = noise.without_numbered_words(rest)
        return self._whole
