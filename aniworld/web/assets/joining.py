"""Many small sources become the few files that a browser asks for: plain text in, plain text out.

Only forms that our own sources use are understood. Anything else ends the making with the name of
the file, so that nobody gets half of a style sheet.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence

Read = Callable[[str], str]

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SHEET = re.compile(r'@import url\("([^"]+)"\)(?: layer\(([\w-]+)\))?;')
_ADDRESS = re.compile(r"""url\((["']?)([^"')]+)\1\)""")
_MODULE = re.compile(r'^import (?:\{ ([\w, ]+) \} from )?"([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.MULTILINE)
_NOT_UNDERSTOOD = re.compile(r"^\s*(?:import\b(?!\()|export\b)", re.MULTILINE)


class NotJoined(ValueError):
    """A source that cannot be joined with the others; the message names it and says why."""


def joined_sheet(name: str, read: Read) -> tuple[str, list[str]]:
    """A style sheet with everything it imports in the place of the import.

    Args:
        name: below the folder of static files, as ``css/main.css``.
        read: gives the text of a file by its name.

    Returns:
        The text, and the names of the sheets that are part of it.

    Raises:
        NotJoined: an import in another form than ``@import url("…") layer(…);`` or one in a circle.
    """
    parts: list[str] = []
    text = _sheet(name, posixpath.dirname(name), read, parts, (name,))
    return text, parts


def _sheet(name: str, home: str, read: Read, parts: list[str], path: tuple[str, ...]) -> str:
    text = _COMMENT.sub("", read(name))
    folder = posixpath.dirname(name)

    def part(found: re.Match[str]) -> str:
        wanted, layer = posixpath.normpath(posixpath.join(folder, found[1])), found[2]
        if wanted in path:
            raise NotJoined(f"{name}: imports {wanted} in a circle")
        parts.append(wanted)
        within = _sheet(wanted, home, read, parts, (*path, wanted))
        return f"@layer {layer} {{\n{within}\n}}\n" if layer else within

    def address(found: re.Match[str]) -> str:
        if found[2].startswith(("data:", "#", "/")):
            return found[0]
        place = posixpath.relpath(posixpath.join(folder, found[2]), home)
        return f'url("{place}")'

    pieces = _SHEET.split(text)
    own = [_ADDRESS.sub(address, piece) for piece in pieces[::3]]
    if any("@import" in piece for piece in own):
        raise NotJoined(f"{name}: has an @import in a form that is not understood")
    found = iter(_SHEET.finditer(text))
    whole = own[0] + "".join(part(next(found)) + piece for piece in own[1:])
    return re.sub(r"\n\s*\n+", "\n", whole)


def joined_modules(names: Iterable[str], read: Read) -> str:
    """One module that runs others once, each in a scope of its own, and exports what they export.

    Args:
        names: of the modules, as an import writes them (``lib/dom.js``).
        read: gives the text of a module by that name.

    Raises:
        NotJoined: an import or export in a form that is not understood, a circle, or a name that
            two modules export.
    """
    order = _in_order(sorted(names), read)
    exports = {name: _EXPORT.findall(read(name)) for name in order}
    every = [one for found in exports.values() for one in found]
    if twice := {one for one in every if every.count(one) > 1}:
        raise NotJoined(f"more than one module exports {', '.join(sorted(twice))}")
    numbers = {name: number for number, name in enumerate(order)}
    scopes = [_scope(name, read(name), numbers, exports[name]) for name in order]
    given = [
        f"export const {{ {', '.join(exports[name])} }} = m{numbers[name]};\n"
        for name in order
        if exports[name]
    ]
    return "".join([*scopes, *given])


def _in_order(names: Sequence[str], read: Read) -> list[str]:
    """What is imported stands before who imports it."""
    order: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise NotJoined(f"{name}: imports itself by way of {path[-1]}")
        if name in order:
            return
        if name not in names:
            raise NotJoined(f"{path[-1]}: imports {name}, which is not among the joined modules")
        for _, wanted in _MODULE.findall(read(name)):
            visit(wanted, (*path, name))
        order.append(name)

    for name in names:
        visit(name, ())
    return order


def _scope(name: str, text: str, numbers: dict[str, int], exports: list[str]) -> str:
    def taken(found: re.Match[str]) -> str:
        return f"const {{ {found[1]} }} = m{numbers[found[2]]};\n" if found[1] else ""

    body = _EXPORT.sub("", _MODULE.sub(taken, text))
    if found := _NOT_UNDERSTOOD.search(body):
        line = body[found.start() :].strip().partition("\n")[0]
        raise NotJoined(f"{name}: {line!r} is in a form that is not understood")
    given = f"return {{ {', '.join(exports)} }};\n" if exports else ""
    return f"const m{numbers[name]} = (() => {{\n{body}{given}}})();\n"
