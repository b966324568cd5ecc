"""How much work reading one page may be.

Definitions and pages are foreign, and together they can ask for anything. Time cannot be measured
inside a loop without making the outcome depend on the machine, so work is counted instead.
"""

from __future__ import annotations

from providers.errors import UnexpectedAnswer

# Elements looked at, or about as much of something else: some seconds of one core at the most.
WORK = 3_000_000
# So many characters are copied, and may be kept, for one of these.
CHARACTERS = 10


class Budget:
    """The work that is left. ``site`` and ``url`` are for the error."""

    def __init__(self, site: str, url: str = "", *, work: int = WORK) -> None:
        self._site = site
        self._url = url
        self._left = work

    def spend(self, work: int) -> None:
        """Note some work.

        Raises:
            UnexpectedAnswer: there was more of it than reading any real page takes.
        """
        self._left -= work
        if self._left < 0:
            raise UnexpectedAnswer(why="monster", site=self._site, url=self._url)
