"""A catalogue of translations to throw away: every sentence of the product, marked."""

from __future__ import annotations

import ast
import struct
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "aniworld", "downloads", "library", "providers")
MARK = "[de] "

_ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_COUNTED = {"ngettext", "ngettext_lazy"}
_HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"


def write_catalogue(locale: Path, language: str = "de") -> None:
    """Translate every sentence that is marked for it in the sources; templates of pages are not
    looked at."""
    entries = {"": _HEADER}
    for room in ROOMS:
        for source in (PROJECT / room).rglob("*.py"):
            if "migrations" not in source.parts:
                entries |= {id: _marked(id) for id in _sentences(source)}
    folder = locale / language / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(_compiled(entries))


def _sentences(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        wanted = 1 if name in _ONE else 2 if name in _COUNTED else 0
        words = [one.value for one in node.args[:wanted] if isinstance(one, ast.Constant)]
        if wanted and len(words) == wanted:
            yield "\0".join(map(str, words))


def _marked(sentence: str) -> str:
    return "\0".join(MARK + form for form in sentence.split("\0"))


def _compiled(entries: dict[str, str]) -> bytes:
    """The file ``msgfmt`` would write."""
    pairs = [(id.encode(), text.encode()) for id, text in sorted(entries.items())]
    place = 28 + 16 * len(pairs)
    tables, strings = b"", b""
    for side in (0, 1):
        for pair in pairs:
            tables += struct.pack("<II", len(pair[side]), place + len(strings))
            strings += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + tables + strings
