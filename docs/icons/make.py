"""The icons that our pages use, cut out of Font Awesome: a font and its style sheet.

    make icons                                     # after an icon was used for the first time

Font Awesome is a hundred times what is used of it, and a browser had to fetch all of its font and
style sheet before it could show a page. What is made here is kept with the sources, so nobody who
runs the product needs Font Awesome or this program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

PROJECT = Path(__file__).resolve().parents[2]
FONT = PROJECT / "static/fonts/icons.woff"
SHEET = PROJECT / "static/css/icons.css"
ROOMS = ("accounts", "aniworld", "downloads", "library", "templates", "static/js")
KINDS = {".html", ".js", ".py"}
# The licence keeps the name for the whole font.
FAMILY = "Aniworld Icons"
HEAD = """\
/* Made by `make icons`, not by hand: cut out of Font Awesome Free. Its licence lies by the font. */
@font-face {
  font-family: "%s";
  font-weight: 900;
  font-display: block;
  src: url("../fonts/icons.woff") format("woff");
}

@layer icons {
  .fa-solid {
    display: inline-block;
    font-family: "%s";
    font-style: normal;
    font-variant: normal;
    font-weight: 900;
    line-height: 1;
    text-rendering: auto;
    -webkit-font-smoothing: antialiased;
  }

  .fa-spin { animation: fa-spin 2s linear infinite; }
  @keyframes fa-spin { to { transform: rotate(360deg); } }

"""
_USED = re.compile(r"(?<![\w-])fa-([a-z0-9]+(?:-[a-z0-9]+)*)")
_KNOWN = re.compile(r"\.fa-([a-z0-9-]+)::before \{\s*content: \"\\([0-9a-f]+)\"")
_NO_ICONS = {"solid", "spin"}  # how an icon is shown


def used() -> list[str]:
    """The names of all icons in templates, scripts and modules."""
    found: set[str] = set()
    for room in ROOMS:
        for path in (PROJECT / room).rglob("*"):
            if path.suffix in KINDS:
                found.update(_USED.findall(path.read_text()))
    return sorted(found - _NO_ICONS)


def shown() -> list[str]:
    """The names of the icons that the style sheet has."""
    return re.findall(r"\.fa-([a-z0-9-]+)::before", SHEET.read_text())


def main() -> None:
    source = Path(str(resources.files("fontawesomefree"))) / "static" / "fontawesomefree"
    known = dict(_KNOWN.findall((source / "css/fontawesome.css").read_text()))
    points = {name: known[name] for name in used()}
    _cut(source / "webfonts/fa-solid-900.ttf", {int(point, 16) for point in points.values()})
    rules = [
        f'  .fa-{name}::before {{ content: "\\{point}"; }}\n' for name, point in points.items()
    ]
    SHEET.write_text(HEAD % (FAMILY, FAMILY) + "".join(rules) + "}\n")
    licence = (source / "LICENSE.txt").read_text()
    (FONT.parent / "icons-license.txt").write_text(licence)
    print(f"{len(points)} icons, {FONT.stat().st_size} bytes")  # noqa: T201 - for who made them


def _cut(font: Path, points: Iterable[int]) -> None:
    """Write a font of these characters alone, under a name of its own."""
    options = subset.Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=False)
    with TTFont(font, recalcTimestamp=False) as cut:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=points)
        cutter.subset(cut)
        names = cut["name"]
        for record in list(names.names):
            if record.nameID in (1, 3, 4, 6, 16):
                text = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
                names.setName(
                    text, record.nameID, record.platformID, record.platEncID, record.langID
                )
        FONT.parent.mkdir(exist_ok=True)
        subset.save_font(cut, str(FONT), options)


if __name__ == "__main__":
    main()
