"""The heads of the library's table, and the columns it can have."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from library.shelf.listing import SORTS, columns_said


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of a column; it sorts by it where that can be done, and then the other way round."""

    name: str
    words: str | Promise
    sorted_by: str

    @property
    def can_sort(self) -> bool:
        return self.name in SORTS

    @property
    def is_sorted(self) -> bool:
        return self.sorted_by.removeprefix("-") == self.name

    @property
    def leads_to(self) -> str:
        return f"-{self.name}" if self.sorted_by == self.name else self.name

    @property
    def direction(self) -> str:
        """As ``aria-sort`` says it; empty where it is not sorted by."""
        if not self.is_sorted:
            return ""
        rises = self.name in {"name", "next"}
        return "ascending" if rises != self.sorted_by.startswith("-") else "descending"


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column that the table can have."""

    name: str
    words: str | Promise
    chosen: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        return self.name in self.chosen

    @property
    def leads_to(self) -> str:
        """The columns with this one turned on or off; "none" where none is left."""
        return columns_said({*self.chosen} ^ {self.name})
