"""Which series a folder holds.

In order: a side file's key, ids and titles of series in the library that have no folder yet, then
the sites, by ids and by title and year. What is not unambiguous is left to the owner.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aniworld.config.reach import Ask, directly
from aniworld.sites import configured
from aniworld.sites.patience import Patience, Purpose
from aniworld.web.texts import together
from library.borders import Borders
from library.choices import UnmatchedReason
from library.errors import LibraryError
from library.matching.clues import Clues, clues_of
from library.matching.scores import Candidate, scored, shown, unambiguous, with_ids, with_year
from library.models import AnimeSeries, LibraryRoot
from library.models.files import StoredCandidate
from library.models.quick import first_id
from library.models.series import LOCAL
from library.naming.paths import from_stored, to_stored
from library.naming.titles import with_umlauts
from library.problems import Problem
from library.services.refresh import keep_error
from library.services.series import create_row, new_series, take_folder
from providers.base import SearchResult, Site
from providers.coded import WHY, Coded, coded
from providers.errors import NotFound, ProviderError

log = logging.getLogger(__name__)

LOOKED_UP = 4  # likely candidates whose page is read for year and ids
LIKELY = 0.6
DEFAULT_SITE = "aniworld"  # of side files that name none: the tools that left them knew only it


@dataclass(frozen=True, slots=True)
class Match:
    """The series of a folder, or why there is none."""

    series: AnimeSeries | None = None
    reason: UnmatchedReason = UnmatchedReason.NO_CANDIDATE
    detail: Coded | None = None
    candidates: list[StoredCandidate] = field(default_factory=list)


@dataclass(slots=True)
class Matcher:
    """Matches the folders of one scan. No site is asked where ``sites`` is empty.

    ``ask`` is how the disks are looked at.
    """

    sites: Sequence[Site]
    ask: Ask = directly
    borders: Borders = field(default_factory=Borders.now)
    patience: Patience = field(default_factory=Patience)
    problems: list[Problem] = field(default_factory=list)  # of side files and what they name
    _homeless: list[AnimeSeries] | None = None

    def match(self, root: LibraryRoot, folder: str, side_files: Sequence[str]) -> Match:
        """Find the series of ``folder`` (as ``os`` knows it), creating it where it is new."""
        clues = self.ask(
            root.path, lambda: clues_of(root.directory / folder, side_files, self.borders)
        )
        self.problems += [Problem(folder, **said) for said in clues.unread]
        try:
            match = self._found(_Place(root, to_stored(folder)), clues)
        except LibraryError as error:  # another series has the folder, or a key like no other
            match = Match(reason=UnmatchedReason.UNSURE, detail=error.as_json())
        return replace(match, detail=together([*clues.unread, match.detail]))

    def _found(self, place: _Place, clues: Clues) -> Match:
        try:
            if by_key := self._by_key(place, clues):
                return by_key
        except NotFound as error:
            log.warning("side file names an unknown series folder=%r %s", place.folder, error)
            doubt = coded("key_unknown", key=clues.key, error=error.as_json())
            clues = replace(clues, doubt=doubt)
        return self._by_library(place, clues) or self._by_sites(place, clues)

    def _by_key(self, place: _Place, clues: Clues) -> Match | None:
        """The series a side file names. Raises ``NotFound`` where its site has none of that key."""
        if not clues.key:
            return None
        site = _site_name(clues.site)
        pk = first_id(AnimeSeries, site=site, site_key=clues.key)
        pk = pk or first_id(AnimeSeries, key=clues.key)
        # One without a catalogue has a key by its name alone: it is not the one that is named.
        known = AnimeSeries.objects.filter(pk=pk).exclude(site=LOCAL).first() if pk else None
        if known is not None:
            return self._taken(known, place)
        asked = next((entry for entry in self.sites if entry.name == site), None)
        if asked is None or self.patience.refusal(site, Purpose.MATCH):
            return Match(_undescribed(site, clues, place))
        return self._described(asked, clues, place)

    def _described(self, site: Site, clues: Clues, place: _Place) -> Match:
        """The series of a side file as its site describes it, or bare where the site fails."""
        try:
            return Match(self._new(site, clues.key, place))
        except NotFound:
            raise
        except ProviderError as error:
            series = _undescribed(site.name, clues, place)
            keep_error(series, error)
            self.problems.append(Problem(series.key, **error.as_json()))
            return Match(series)

    def _by_library(self, place: _Place, clues: Clues) -> Match | None:
        """A series of the library that has no directory: added by hand, or its folder renamed."""
        homeless = self._without_directory()
        found = unambiguous([_scored_series(clues, series) for series in homeless])
        if found is None or clues.doubt:
            return None
        wanted = (found.site, found.key)
        series = next(one for one in homeless if (one.site, one.site_key) == wanted)
        homeless.remove(series)
        return self._taken(series, place)

    def _without_directory(self) -> list[AnimeSeries]:
        if self._homeless is None:
            known = AnimeSeries.objects.active().select_related("root")
            self._homeless = [series for series in known if not self._has_directory(series)]
        return self._homeless

    def _by_sites(self, place: _Place, clues: Clues) -> Match:
        candidates: list[Candidate] = []
        if clues.doubt:  # none of these was taken
            candidates = [_scored_series(clues, one) for one in self._without_directory()]
        failures = [refused for site in self.sites if (refused := self._refusal(site))]
        willing = [site for site in self.sites if not self._refusal(site)]
        for site in willing:
            try:
                ranked = self._ask(site, clues)
                candidates += ranked
                if (found := unambiguous(ranked)) and not clues.doubt:
                    return self._accept(site, found, place)
            except ProviderError as error:
                failures.append(error)
        best = shown(candidates)
        if not willing:
            reason = UnmatchedReason.NOT_ASKED
        elif failures and (not best or len(failures) == len(self.sites)):
            reason = UnmatchedReason.PROVIDER_FAILED  # who failed may know what the others do not
        else:
            reason = _doubt_of(best)
        detail = together([clues.doubt, *(failure.as_json() for failure in failures)])
        return Match(reason=reason, detail=detail, candidates=best)

    def _ask(self, site: Site, clues: Clues) -> list[Candidate]:
        ranked = self._search(site, clues, clues.title)
        likely = [candidate for candidate in ranked if candidate.score >= LIKELY]
        other = with_umlauts(clues.title)
        if not likely and other != clues.title:  # Baecker in the folder, Bäcker at the site
            ranked = self._search(site, clues, other) or ranked
            likely = [candidate for candidate in ranked if candidate.score >= LIKELY]
        # Of several the owner will have to choose: their years tell them apart.
        several = len(likely) > 1
        needs_page = [c for c in likely if _wants_page(c, clues) or (several and c.year is None)]
        looked_up = {
            candidate.key: self._looked_up(site, candidate, clues)
            for candidate in needs_page[:LOOKED_UP]
        }
        return [looked_up.get(candidate.key, candidate) for candidate in ranked]

    def _search(self, site: Site, clues: Clues, title: str) -> list[Candidate]:
        with self.patience.asking(site.name, Purpose.SEARCH, title):
            results = site.search(title)
        found = (_scored_result(clues, site, result) for result in results)
        return sorted(found, key=lambda candidate: -candidate.score)

    def _accept(self, site: Site, found: Candidate, place: _Place) -> Match:
        known = AnimeSeries.objects.filter(site=site.name, site_key=found.key).first()
        if known is not None:
            return self._taken(known, place)
        return Match(self._new(site, found.key, place))

    def _looked_up(self, site: Site, candidate: Candidate, clues: Clues) -> Candidate:
        try:
            with self.patience.asking(site.name, Purpose.MATCH, candidate.key):
                info = site.series(candidate.key)
        except NotFound:
            return replace(candidate, score=0.0)
        return with_ids(with_year(candidate, clues, info.year), clues, dict(info.ids))

    def _new(self, site: Site, key: str, place: _Place) -> AnimeSeries:
        with self.patience.asking(site.name, Purpose.MATCH, key):
            info, episodes = site.series(key), site.episodes(key)
        return new_series(site.name, info, episodes, folder=place.folder, root=place.root)

    def _refusal(self, site: Site) -> ProviderError | None:
        """Why a site is no longer asked which series a folder holds: that takes both."""
        searched = self.patience.refusal(site.name, Purpose.SEARCH)
        return searched or self.patience.refusal(site.name, Purpose.MATCH)

    def _taken(self, series: AnimeSeries, place: _Place) -> Match:
        """Give the folder to a series we know, unless that one is at home elsewhere."""
        if series.is_deleted:
            detail = coded("series_removed", name=series.name)
            return Match(reason=UnmatchedReason.REMOVED, detail=detail)
        elsewhere = (series.root_id, series.folder) != (place.root.pk, place.folder)
        if elsewhere and self._has_directory(series):
            detail = coded("series_elsewhere", name=series.name, folder=series.folder)
            if series.root_id != place.root.pk:
                detail["params"] |= {WHY: "root", "root": str(series.root)}
            return Match(reason=UnmatchedReason.HAS_FOLDER, detail=detail)
        return Match(take_folder(series, place.root, place.folder, keeps_lost=True))

    def _has_directory(self, series: AnimeSeries) -> bool:
        if series.root is None or not series.folder:
            return False
        path = Path(series.root.path, from_stored(series.folder))
        # A link may lead to a disk that is away.
        return self.ask(series.root.path, lambda: path.is_dir() or path.is_symlink())


@dataclass(frozen=True, slots=True)
class _Place:
    root: LibraryRoot
    folder: str  # stored form


def _undescribed(site: str, clues: Clues, place: _Place) -> AnimeSeries:
    """The bare row of a series a side file names, until its site describes it."""
    return create_row(
        site=site,
        site_key=clues.key,
        name=clues.title,
        year=clues.year,
        folder=place.folder,
        root=place.root,
    )


def _doubt_of(candidates: Sequence[StoredCandidate]) -> UnmatchedReason:
    """Why none of what the sites found was taken."""
    if not candidates:
        return UnmatchedReason.NO_CANDIDATE
    return UnmatchedReason.UNSURE if len(candidates) == 1 else UnmatchedReason.AMBIGUOUS


def _scored_series(clues: Clues, series: AnimeSeries) -> Candidate:
    candidate = scored(
        clues,
        key=series.site_key,
        site=series.site,
        name=series.name,
        other_names=series.alternative_names,
        year=series.year,
    )
    return with_ids(candidate, clues, series.ids)


def _scored_result(clues: Clues, site: Site, result: SearchResult) -> Candidate:
    return scored(
        clues,
        key=result.key,
        site=site.name,
        name=result.name,
        other_names=result.alternative_names,
        year=result.year,
    )


def _wants_page(candidate: Candidate, clues: Clues) -> bool:
    return bool(clues.ids) or (clues.year is not None and candidate.year is None)


def _site_name(named: str) -> str:
    """The provider a side file means by "aniworld.to" or an address."""
    for name in configured.known_names():
        if name in named.casefold():
            return name
    return DEFAULT_SITE
