"""Which languages are taken, and how long each waits for a better one: as data, without Django."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

NOW, NEVER = "now", "never"


@dataclass(frozen=True, slots=True)
class Rank:
    """One language. ``after``: how long an episode must have been out; None: never by itself.
    ``name`` is what it is compared by: languages are written in any case."""

    language: str
    after: timedelta | None = timedelta(0)
    name: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.language.casefold())

    def opens(self, first_out: datetime) -> datetime | None:
        """From when on it is taken, of an episode that had its first source then."""
        return None if self.after is None else first_out + self.after


@dataclass(frozen=True, slots=True)
class Policy:
    """``ranks``: the best first. ``keeps_both``: a better one is fetched beside what is there;
    ``replaces``: it takes the place of that. ``wanted`` are those that are taken at some time."""

    ranks: tuple[Rank, ...]
    keeps_both: bool = False
    replaces: bool = False
    wanted: tuple[Rank, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        # Once for all episodes that are decided by it.
        object.__setattr__(self, "wanted", taken_at_some_time(self.ranks))

    @property
    def takes_better(self) -> bool:
        """Whether anything is fetched for an episode that is on disk."""
        return self.keeps_both or self.replaces


def taken_at_some_time(ranks: Iterable[Rank]) -> tuple[Rank, ...]:
    """Those that are taken by themselves at some time."""
    return tuple(rank for rank in ranks if rank.after is not None)


def ranks_of(written: Iterable[str]) -> tuple[Rank, ...]:
    """Read ranks as the settings and a series hold them, such as ``German Sub=14``.

    Raises:
        ValueError: an entry is none.
    """
    return tuple(_rank(entry) for entry in written)


def at_once(languages: Sequence[str]) -> tuple[Rank, ...]:
    """These languages in their order, each taken at once."""
    return tuple(Rank(language) for language in languages)


def _rank(entry: str) -> Rank:
    language, separator, when = entry.rpartition("=")
    if not separator or not language:
        raise ValueError(f"no rank: {entry!r}")
    if when == NEVER:
        return Rank(language, None)
    return Rank(language, timedelta(days=0 if when == NOW else int(when)))
