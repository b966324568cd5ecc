"""Which of a site's addresses is asked first, also where several ask at once."""

from __future__ import annotations

from collections.abc import Callable

from providers.errors import SiteDown
from providers.sites.bases import Bases


def asking(*down: str) -> Callable[[str], str]:
    def ask(base: str) -> str:
        if base in down:
            raise SiteDown(why="no_address", site="Site")
        return base

    return ask


def test_the_one_that_answers_is_asked_first_from_then_on() -> None:
    bases = Bases("site", "Site", ["a", "", "b", "c"])
    assert bases.ask(asking("a")) == "b"
    assert bases.all == ("b", "a", "c")


class Meanwhile(str):
    """An address in whose comparison another thread has its turn."""

    __slots__ = ("then",)
    then: Callable[[], object] | None

    def __eq__(self, other: object) -> bool:
        then, self.then = self.then, None
        if then is not None:
            then()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def test_two_may_find_the_same_one_at_the_same_time() -> None:
    first = Meanwhile("a")
    first.then = None
    bases = Bases("site", "Site", [first, "b", "c"])

    def ask(base: str) -> str:
        if str.__eq__(base, "b"):
            first.then = lambda: bases.ask(lambda other: other if other is not first else down())
            return "b"
        return down()

    def down() -> str:
        raise SiteDown(why="no_address", site="Site")

    assert bases.ask(ask) == "b"
    assert sorted(map(str, bases.all)) == ["a", "b", "c"]
    assert bases.all[0] == "b"
