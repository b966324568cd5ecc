"""Which key does what: one list, for the script that obeys it, the page that shows it and the docs.

Keys are written as the browser names them: ``Control+k`` is Ctrl and K, on a Mac also Cmd and K;
``g l`` is one key after the other. What has no ``to`` and no ``does`` is the browser's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from accounts.models import ShortcutKeys
from aniworld.web.rights import Right

CONTROL: Final = "Control+"
ANYWHERE: Final = _("On every page")
PAGES: Final = _("Go to a page")
LISTS: Final = _("In lists")
# How a key is called on a keyboard, where that is not what the browser calls it.
NAMES: Final = {"Control": "Ctrl", "Escape": "Esc"}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One of them.

    Attributes:
        keys: what is pressed.
        words: what it does, in English, marked for translation where it stands.
        group: where it stands in the list.
        does: what ``static/js/lib/keys.js`` does.
        to: the name of the page it leads to.
        takes: the right it takes; whoever has it not, has not the shortcut either.
    """

    keys: str
    words: str
    group: str
    does: str = ""
    to: str = ""
    takes: Right = Right.VIEW

    @property
    def text(self) -> str:
        return gettext(self.words)

    @property
    def caps(self) -> list[list[str]]:
        """What stands on the keys: those after each other, each of those held at once."""
        return [[_cap(key) for key in chord.split("+")] for chord in self.keys.split(" ")]

    def is_in(self, wanted: ShortcutKeys) -> bool:
        """Whether it holds for whoever wants those."""
        if wanted == ShortcutKeys.ALL:
            return True
        return wanted == ShortcutKeys.CONTROL and self.keys.startswith(CONTROL)


SHORTCUTS: Final = (
    Shortcut("?", _("Show the shortcuts"), ANYWHERE, does="help"),
    Shortcut("Control+k", _("Find a page, a series or an action"), ANYWHERE, does="palette"),
    Shortcut("/", _("Search on the page, or else everywhere"), ANYWHERE, does="search"),
    Shortcut("Control+z", _("Undo what you did last"), ANYWHERE, does="undo", takes=Right.OPERATE),
    Shortcut(
        "Control+y", _("Redo what you undid last"), ANYWHERE, does="redo", takes=Right.OPERATE
    ),
    Shortcut(
        "Control+Shift+z",
        _("Redo what you undid last"),
        ANYWHERE,
        does="redo",
        takes=Right.OPERATE,
    ),
    Shortcut(
        "Control+r",
        _("Scan the library, on its page and while no scan runs; F5 loads the page anew"),
        ANYWHERE,
        does="rescan",
        takes=Right.OPERATE,
    ),
    Shortcut("Escape", _("Close what is open above the page"), ANYWHERE),
    Shortcut("g l", _("Library"), PAGES, to="library"),
    Shortcut("g a", _("Add series"), PAGES, to="add", takes=Right.OWN),
    Shortcut("g q", _("Queue"), PAGES, to="queue"),
    Shortcut("g m", _("Missing"), PAGES, to="missing"),
    Shortcut("g u", _("Unmatched"), PAGES, to="unmatched"),
    Shortcut("g n", _("Notifications"), PAGES, to="inbox"),
    Shortcut("g c", _("Calendar"), PAGES, to="calendar"),
    Shortcut("g k", _("Catalogue"), PAGES, to="catalogue"),
    Shortcut("g f", _("Following"), PAGES, to="following"),
    Shortcut("g j", _("Journal"), PAGES, to="journal"),
    Shortcut("g h", _("What you did"), PAGES, to="own-acts"),
    Shortcut("g t", _("Statistics"), PAGES, to="statistics"),
    Shortcut("g o", _("Jobs"), PAGES, to="jobs"),
    Shortcut("g b", _("Recycle bin"), PAGES, to="bin"),
    Shortcut("g p", _("Account"), PAGES, to="account"),
    Shortcut("g s", _("Settings"), PAGES, to="settings", takes=Right.OWN),
    Shortcut("g y", _("System"), PAGES, to="system", takes=Right.OWN),
    Shortcut("j", _("Next row"), LISTS, does="next"),
    Shortcut("k", _("Row before"), LISTS, does="before"),
    Shortcut("x", _("Tick the row, or take its tick away"), LISTS, does="tick"),
    Shortcut("Enter", _("Open the row"), LISTS),
)


def shortcuts_for(right: Right | None, wanted: ShortcutKeys) -> list[Shortcut]:
    """Those that somebody with this right, who wants those keys, has."""
    if right is None:
        return []
    return [one for one in SHORTCUTS if right >= one.takes and one.is_in(wanted)]


def grouped(shortcuts: list[Shortcut]) -> Iterator[tuple[str, list[Shortcut]]]:
    """With the words above each group."""
    for group in (ANYWHERE, PAGES, LISTS):
        found = [one for one in shortcuts if one.group == group]
        if found:
            yield gettext(group), found


def _cap(key: str) -> str:
    return NAMES.get(key, key.upper() if len(key) == 1 else key)
