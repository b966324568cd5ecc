"""The texts of the sources as they stand there: marked ones, and those that nobody has marked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[3]
ROOMS = ("accounts", "aniworld", "downloads", "library", "providers")
# A text, or its singular and plural.
Message = str | tuple[str, str]

_ONE = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
_TWO = frozenset({"ngettext", "ngettext_lazy"})
_WITH_CONTEXT = frozenset({"pgettext", "pgettext_lazy"})
# Between a context and its text, as the compiled catalogues have it.
CONTEXT = "\x04"
_LITERAL_TEXT = r"(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
# As Django's own extraction writes what it finds in a template.
_CALLS = re.compile(rf"\b([np]?gettext|_)\(\s*u?{_LITERAL_TEXT}(?:\s*,\s*u?{_LITERAL_TEXT})?")
# Names, which are the same in every language.
_NAMES = re.compile(r"\b(Aniworld|API|Python)\b")
_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
_TRANSLATED = re.compile(
    r"{%\s*blocktranslate.*?{%\s*endblocktranslate\s*%}|{%\s*comment.*?{%\s*endcomment\s*%}",
    re.DOTALL,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAID = frozenset({"aria-label", "aria-description", "title", "placeholder", "alt"})
_LITERAL = frozenset({"code", "kbd", "pre", "script", "style", "samp"})
# Arguments of calls that people read.
_SHOWN = frozenset({"label", "help_text", "empty_label"})
_TELLS = frozenset({"tell", "success", "warning", "info", "error"})


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def modules() -> list[Path]:
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def messages() -> dict[Message, str]:
    """Every marked text, with the file that it stands in."""
    found: dict[Message, str] = {}
    for path in modules():
        for message in _of_python(path.read_text(encoding="utf-8")):
            found.setdefault(message, str(path.relative_to(ROOT)))
    for path in templates():
        for message in _of_template(path.read_text(encoding="utf-8")):
            found.setdefault(message, str(path.relative_to(ROOT)))
    return found


def _of_python(code: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call):
            continue
        said = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
        texts = [one for one in said if isinstance(one, str)]
        if _name_of(node) in _TWO and len(texts) == 2:
            yield texts[0], texts[1]
        elif _name_of(node) in _WITH_CONTEXT and len(texts) == 2:
            yield CONTEXT.join(texts)
        elif _name_of(node) in _ONE and texts:
            yield texts[0]


def _of_template(code: str) -> Iterator[Message]:
    for name, *texts in _CALLS.findall(templatize(code)):
        one, more = (ast.literal_eval(text) if text else "" for text in texts)
        if name == "pgettext":
            yield f"{one}{CONTEXT}{more}"
        else:
            yield (one, more) if name == "ngettext" else one


def _name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def unmarked_in_templates() -> list[str]:
    """Words of templates that are in no translation."""
    found = []
    for path in templates():
        reader = _Words()
        reader.feed(_TAG.sub("", _TRANSLATED.sub("", path.read_text(encoding="utf-8"))))
        found += [f"{path.relative_to(ROOT)}: {words}" for words in reader.found]
    return found


class _Words(HTMLParser):
    """The texts of a page, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LITERAL:
            self._inside.append(tag)
        for name, value in attrs:
            if name in _SAID and _WORD.search(value or ""):
                self.found.append(f'{name}="{value}"')

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside and _WORD.search(_NAMES.sub("", data)):
            self.found.append(" ".join(data.split()))


def unmarked_in_python() -> list[str]:
    """Literal texts that people are shown and that are in no translation."""
    found = []
    for path in modules():
        is_page = "pages" in path.parts or path.name == "forms.py"
        if not is_page or path.name == "serializers.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found += [f"{path.relative_to(ROOT)}:{node.lineno}: {w}" for w in _shown(node)]
    return found


def _shown(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg in _SHOWN and (words := _literal(keyword.value)):
            yield words
    if _name_of(call) in _TELLS and len(call.args) > 1 and (words := _literal(call.args[1])):
        yield words


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value if _WORD.search(node.value) else ""
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) for part in node.values if isinstance(part, ast.Constant)]
        return " ".join(parts) if any(map(_WORD.search, parts)) else ""
    return ""


_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", re.DOTALL)
_SENTENCE = re.compile(r"[A-Z][a-z]+ [a-z]{2,}|[a-z]{2,} [a-z]{2,} [a-z]{2,}")
_CLASSES = re.compile(r"[\"'`][a-z]+(?:-+[a-z]+)+(?: [a-z-]+)*[\"'`]")  # of an element


def sentences_in_scripts() -> list[str]:
    """Strings of scripts that read like sentences: a script takes its words from the page."""
    found = []
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        code = _COMMENT.sub("", path.read_text(encoding="utf-8"))
        found += [
            f"{path.relative_to(ROOT)}: {text}"
            for text in _STRING.findall(code)
            if _SENTENCE.search(text) and not _CLASSES.fullmatch(text)
        ]
    return found
