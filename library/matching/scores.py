"""How well a series fits a folder: by ids, titles and years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from library.matching.clues import Clues
from library.models.files import StoredCandidate
from library.naming.titles import plain_title, spellings
from providers.coded import Coded, coded

SURE = 0.9  # from here on a match may be taken without asking
CLEARLY_WORSE = 0.1  # by so much the second best must be behind
KEPT = 8  # candidates shown to the owner
WORTH_SHOWING = 0.3
ANOTHER_ID = 0.65  # never sure, and still worth showing where title or year agree


@dataclass(frozen=True, slots=True)
class Candidate:
    """A series that may be meant, the score from 0 to 1."""

    key: str
    name: str
    site: str
    year: int | None
    score: float
    reasons: tuple[Coded, ...] = ()

    def as_json(self) -> StoredCandidate:
        return {
            "key": self.key,
            "name": self.name,
            "site": self.site,
            "year": self.year,
            "score": round(self.score, 2),
            "reasons": list(self.reasons),
        }


def scored(
    clues: Clues,
    *,
    key: str,
    site: str,
    name: str,
    other_names: Iterable[str],
    year: int | None,
) -> Candidate:
    """Score a series by its names and year."""
    score, reason = _by_title(clues.title, name, other_names)
    candidate = Candidate(key, name, site, year, score, (reason,))
    return with_year(candidate, clues, year)


def with_year(candidate: Candidate, clues: Clues, year: int | None) -> Candidate:
    """Take the year into account; a year that is one off is a matter of the calendar."""
    if clues.year is None or year is None:
        return replace(candidate, year=year or candidate.year)
    reasons = candidate.reasons
    if abs(clues.year - year) <= 1:
        factor, reason = 1.0, coded("same_year")
    else:
        factor, reason = 0.5, coded("another_year", year=year, folder_year=clues.year)
    return replace(candidate, year=year, score=candidate.score * factor, reasons=(*reasons, reason))


def with_ids(candidate: Candidate, clues: Clues, ids: dict[str, str]) -> Candidate:
    """Take identifiers of other databases into account; they outweigh titles.

    One that differs may be a slip in a name: the owner can still choose the series.
    """
    same = {
        kind: clues.ids[kind] == str(ids[kind]).lower()
        for kind in sorted(clues.ids.keys() & ids.keys())
    }
    if not same:
        return candidate
    told = tuple(
        coded("same_id", kind=kind) if same[kind] else coded("another_id", kind=kind)
        for kind in same
    )
    score = 1.0 if any(same.values()) else candidate.score
    if not all(same.values()):
        score *= ANOTHER_ID
    return replace(candidate, score=score, reasons=(*candidate.reasons, *told))


def unambiguous(candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the best candidate if it is sure and no other comes near."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    if not ranked or ranked[0].score < SURE:
        return None
    if len(ranked) > 1 and ranked[0].score - ranked[1].score < CLEARLY_WORSE:
        return None
    return ranked[0]


def shown(candidates: Sequence[Candidate]) -> list[StoredCandidate]:
    """Return the candidates worth showing to the owner, the likeliest first.

    Of one series the last counts.
    """
    different = {(candidate.site, candidate.key): candidate for candidate in candidates}.values()
    ranked = sorted(different, key=lambda candidate: (-candidate.score, candidate.name))
    return [entry.as_json() for entry in ranked if entry.score >= WORTH_SHOWING][:KEPT]


def _by_title(title: str, name: str, other_names: Iterable[str]) -> tuple[float, Coded]:
    wanted = spellings(title)
    if wanted & spellings(name):
        return 1.0, coded("same_title")
    others = [spellings(other) for other in other_names]
    if any(wanted & other for other in others):
        return 0.97, coded("same_other_title")
    plain = plain_title(title)
    likeness = max(
        SequenceMatcher(None, plain, other).ratio() for other in set.union(spellings(name), *others)
    )
    # Never sure: "Show" and "Show 2" are alike and are two series.
    return min(likeness * 0.85, SURE - 0.05), coded("similar_title")
