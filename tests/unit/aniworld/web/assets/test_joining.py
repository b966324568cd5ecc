"""Many sources become one, in the right order, or nothing becomes anything."""

from __future__ import annotations

import pytest

from aniworld.web.assets.joining import NotJoined, joined_modules, joined_sheet

SHEETS = {
    "css/main.css": """\
/* which one wins; @import in a comment is none */
@layer base, pages;
@import url("base.css");
@import url("pages/queue.css");
@import url("../plain/other.css") layer(pages);
""",
    "css/base.css": '@layer base { a { background: url("../img/logo.svg"); } }\n',
    "css/pages/queue.css": '@import url("rows.css");\n@layer pages { b { color: red; } }\n',
    "css/pages/rows.css": "@layer pages { i { mask: url(#m) url(data:image/png;base64,AA); } }\n",
    "plain/other.css": "u { background: url('own.svg'); }\n",
}
MODULES = {
    "lib/dom.js": "export const find = (name) => name;\n",
    "lib/live.js": (
        'import { find } from "lib/dom.js";\n\nexport class Live {}\nconst own = find;\n'
    ),
    "components/row.js": (
        'import "components/cell.js";\nimport { Live } from "lib/live.js";\n\n'
        "const own = new Live();\n"
    ),
    "components/cell.js": "/** Says nothing. */\nawait1();\nexport async function await1() {}\n",
}


def sheet(**other: str) -> tuple[str, list[str]]:
    return joined_sheet("css/main.css", (SHEETS | other).__getitem__)


def module(changed: dict[str, str] | None = None) -> str:
    sources = MODULES | (changed or {})
    return joined_modules(sources, sources.__getitem__)


def test_a_sheet_has_its_imports_in_their_place_and_none_is_left() -> None:
    text, parts = sheet()
    assert "@import" not in text
    assert parts == [
        "css/base.css",
        "css/pages/queue.css",
        "css/pages/rows.css",
        "plain/other.css",
    ]
    places = [text.index(word) for word in ("@layer base, pages;", "a {", "i {", "b {", "u {")]
    assert places == sorted(places)
    assert "@layer pages {\nu {" in text


def test_addresses_lead_from_the_whole_to_where_they_led_from_the_part() -> None:
    text, _ = sheet()
    assert 'url("../img/logo.svg")' in text
    assert 'url("../plain/own.svg")' in text
    assert "url(#m)" in text
    assert "url(data:image/png;base64,AA)" in text


@pytest.mark.parametrize(
    "line",
    [
        '@import "rows.css";',
        '@import url("rows.css") print;',
        "@import url(rows.css);",
        '@import url("rows.css") layer(a) supports(b);',
    ],
)
def test_an_import_that_is_not_understood_is_refused_by_its_file(line: str) -> None:
    with pytest.raises(NotJoined, match=r"css/base\.css: has an @import"):
        sheet(**{"css/base.css": line})


def test_sheets_in_a_circle_are_refused() -> None:
    with pytest.raises(NotJoined, match="in a circle"):
        sheet(**{"css/pages/rows.css": '@import url("queue.css");'})


def test_modules_stand_behind_what_they_import_each_in_a_scope_of_its_own() -> None:
    text = module()
    assert text.count("const own") == 2
    assert text.count("=> {\n") == len(MODULES)
    assert text.index("find = (name)") < text.index("class Live") < text.index("new Live()")
    assert text.index("await1();") < text.index("new Live()")
    assert [line for line in text.splitlines() if line.startswith("export")] == [
        "export const { await1 } = m0;",
        "export const { find } = m1;",
        "export const { Live } = m2;",
    ]


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("lib/dom.js", "export default 1;\n", r"lib/dom\.js: 'export default 1;'"),
        ("lib/dom.js", "const a = 1;\nexport { a };\n", r"'export \{ a \};'"),
        ("lib/dom.js", "export let find = 1;\n", "'export let find"),
        ("lib/dom.js", 'import * as x from "lib/live.js";\n', r"'import \* as x"),
        ("lib/dom.js", 'import { a as b } from "lib/live.js"\n', "'import"),
        ("lib/dom.js", 'import { Live } from "lib/live.js";\n', "imports itself by way of"),
        ("lib/dom.js", 'import "lib/none.js";\n', r"imports lib/none\.js, which is not among"),
        ("components/cell.js", "export const find = 1;\n", "more than one module exports find"),
    ],
)
def test_a_module_that_is_not_understood_is_refused(name: str, text: str, why: str) -> None:
    with pytest.raises(NotJoined, match=why):
        module({name: text})
