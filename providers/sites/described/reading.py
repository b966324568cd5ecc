"""Asking one step of a definition, and reading its rows."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from providers.addresses import absolute, host_of
from providers.errors import (
    ChallengeRequired,
    DefinitionMismatch,
    NotFound,
    ProviderError,
    UnexpectedAnswer,
)
from providers.http import HttpClient, Page
from providers.sites.bases import Bases
from providers.sites.described.budget import WORK, Budget
from providers.sites.described.definition import (
    Definition,
    Field,
    Paging,
    Request,
    Sign,
    Step,
    Where,
)
from providers.sites.described.documents import Documents
from providers.sites.described.html import HtmlNode
from providers.sites.described.keys import site_key
from providers.sites.described.repeats import PagesRead
from providers.sites.described.templates import filled_json
from providers.sites.described.trace import MOST_PAGES, Asked, Trace
from providers.sites.described.values import Node, Values, number_of, select

MOST_ROWS = 20_000
MOST_ASKED = 500  # requests for one question, over all of its seasons, editions and pages
# The library decides when a series is due. This only spares asking for one page twice in a visit.
VISIT = 60.0
DAY = 86_400.0
_TTL = {"list": DAY, "series": VISIT, "seasons": VISIT, "episodes": VISIT, "films": VISIT}
# Of these the beginning is worth something too.
_CUT = frozenset({"search", "news", "calendar"})


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one row, and the page it stands on."""

    values: Mapping[str, Sequence[str]]
    address: str

    def text(self, name: str) -> str:
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> Sequence[str]:
        return self.values.get(name, ())

    def number(self, name: str) -> int | None:
        return number_of(self.text(name))

    def link(self, name: str) -> str:
        """An absolute address of the web; empty where there is none."""
        told = self.text(name)
        address = absolute(self.address, told) if told else ""
        return address if address.startswith(("http://", "https://")) else ""


@dataclass(slots=True)
class Asker:
    """Where a described site is, and how it is asked."""

    client: HttpClient
    definition: Definition
    bases: Bases
    trace: Trace | None = None
    list_ttl: float = DAY
    # What a definition that was read is good for: the hosts that its steps may lead to.
    hosts: frozenset[str] = field(default_factory=frozenset)

    def owns(self, address: str) -> bool:
        """Whether an address is one of the site."""
        hosts = {host.removeprefix("www.") for host in self.hosts}
        return self.is_page(address) or place_of(address) in hosts

    def is_page(self, address: str) -> bool:
        """Whether it is one of the site's own addresses, where its pages for people are."""
        return place_of(address) in set(map(place_of, self.bases.all))


class Run:
    """One question to a site, with all requests it takes and the work it may be."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._definition = asker.definition
        self._budget = Budget(asker.client.label, work=2 * WORK)
        self._documents = Documents(self._budget)
        self._asked = 0

    @property
    def is_trial(self) -> bool:
        """Whether the first of everything is enough."""
        return self._asker.trace is not None

    @property
    def most_pages(self) -> int:
        """How many pages of one step are asked for, whatever the definition says."""
        return MOST_PAGES if self.is_trial else sys.maxsize

    def rows(self, step: Step, names: Mapping[str, str]) -> list[Row]:
        """Every row of a step, over all of its pages.

        Raises:
            ProviderError; DefinitionMismatch: a page is not as the definition has it.
        """
        names = {**names, "base": self._asker.bases.all[0]}
        if "key" in names:
            names["key"] = site_key(names["key"], self._definition)
        for one in step.first:
            names |= self._first(one, step, names)
        rows: list[Row] = []
        read = PagesRead(step)
        for number, (page, asked) in enumerate(self._pages(step, names, read)):
            found = self._read(step, page, names, asked, is_first=number == 0)
            if number and (not found or read.has(page.text, _values(found))):
                break
            read.add(page.text, _values(found))
            rows += found
            if len(rows) > MOST_ROWS:
                raise DefinitionMismatch(step.name, f"at most {MOST_ROWS} rows", url=page.url)
        return rows

    def _first(self, one: Step, step: Step, names: Mapping[str, str]) -> dict[str, str]:
        """What a request before the step brings to fill in."""
        assert one.request is not None  # noqa: S101 - the schema says so
        page, asked = self._ask(step, one.request, names, ttl=0.0)
        with _noted(asked):
            root = self._root(one, page, names)
            values = Values(root, page.url, names, self._budget)
            found = {name: values.read(wanted, (root,)) for name, wanted in one.fields.items()}
            for name, every in found.items():
                if not every:
                    missing = f"{name} ({one.fields[name].words})"
                    raise DefinitionMismatch(f"{step.name} (first)", missing, url=page.url)
            asked.note_row(found)
        told = {name: every[0] for name, every in found.items()}
        return {n: absolute(page.url, v) if n.endswith("link") else v for n, v in told.items()}

    def _pages(
        self, step: Step, names: dict[str, str], read: PagesRead
    ) -> Iterator[tuple[Page, Asked]]:
        request = step.request or self._definition.steps["series"].request
        assert request is not None  # noqa: S101 - a definition without is refused
        paging, number = step.paging, step.paging.begin if step.paging else 1
        most = min(paging.most, self.most_pages) if paging else 1
        is_cut = step.name in _CUT or (paging is not None and most < paging.most)
        seen: set[str] = set()
        address = ""
        for count in range(1, most + 2):
            try:
                page, asked = self._ask(
                    step, request, {**names, "page": str(number)}, ttl=self._ttl(step), at=address
                )
            except NotFound:
                if count == 1:
                    raise
                return
            if paging is not None and count > most:
                self._refuse_more(step, page, names, read, asked)
                return
            yield page, asked
            if paging is None or (count >= most and is_cut):
                return
            more = self._more(step, paging, page, names, number)
            if more is None or more in seen:
                return
            seen.add(more)
            address = more if paging.next is not None else ""
            number += paging.step

    def _refuse_more(
        self, step: Step, page: Page, names: Mapping[str, str], read: PagesRead, asked: Asked
    ) -> None:
        """There is a page behind the last that is asked for: what it has would be left out."""
        root = self._root(step, page, names)
        found = self._kept_rows(step, page, root, names, asked)
        if asked.found and not read.has(page.text, _values(found)):
            raise DefinitionMismatch(step.name, f"at most {read.count} pages", url=page.url)

    def _more(
        self, step: Step, paging: Paging, page: Page, names: Mapping[str, str], number: int
    ) -> str | None:
        """What the next page is known by; None where there is none."""
        root = self._root(step, page, names)
        values = Values(root, page.url, names, self._budget)
        if paging.last is not None:
            last = number_of(next(iter(values.read(paging.last, (root,))), ""))
            if last is None or number >= last:
                return None
        if paging.next is None:
            return str(number + paging.step)
        told = next(iter(values.read(paging.next, (root,))), "")
        return absolute(page.url, told) or None if told else None

    def _ttl(self, step: Step) -> float:
        ttl = _TTL.get(step.name, 0.0 if step.request is not None else VISIT)
        return self._asker.list_ttl if step.name == "list" else ttl

    def _ask(
        self,
        step: Step,
        request: Request,
        names: Mapping[str, str],
        *,
        ttl: float,
        at: str = "",
    ) -> tuple[Page, Asked]:
        """Ask for one page. Args: at: its address, where the page before has named it."""
        address = at or request.address.filled(names)
        is_led = bool(at) or not request.address.text.startswith(("/", "http"))
        asked = Asked(step.name, request.method, address)
        self._asked += 1
        if self._asked > MOST_ASKED:
            raise DefinitionMismatch(step.name, f"at most {MOST_ASKED} requests", url=address)
        if self._asker.trace is not None:
            self._asker.trace.begin(asked)
        started = time.monotonic()
        with _noted(asked):
            try:
                if is_led and not self._asker.owns(address):
                    raise DefinitionMismatch(step.name, f"hosts: {place_of(address)}", url=address)
                page = self._on_any(address, lambda url: self._send(step, request, names, url, ttl))
            finally:
                asked.seconds = time.monotonic() - started
            asked.address, asked.status = page.url, page.status
        return page, asked

    def _on_any(self, address: str, ask: Callable[[str], Page]) -> Page:
        if address.startswith("/"):
            return self._asker.bases.ask(lambda base: ask(base + address))
        return ask(address)

    def _send(
        self, step: Step, request: Request, names: Mapping[str, str], url: str, ttl: float
    ) -> Page:
        client = self._asker.client
        # Whose request it is says what is expected, or one page would be two.
        owner = step if step.request is request else self._definition.steps["series"]
        kind = owner.within[0] if owner.within is not None else owner.read
        accepted = {"Accept": "application/json"} if kind == "json" else {}
        headers = accepted | {n: _line(t.filled(names)) for n, t in request.headers.items()}
        if request.method == "GET":
            return client.get_page(
                url,
                headers=headers,
                ttl=ttl,
                lasting=step.name == "list" and ttl == DAY,
                check=self._refuse_signs,
            )
        if request.json is not None:
            page = client.post_json(url, filled_json(request.json, names), headers=headers)
        else:
            form = {name: one.filled(names) for name, one in (request.form or {}).items()}
            page = client.post_form(url, form, headers=headers)
        self._refuse_signs(page)
        return page

    def _refuse_signs(self, page: Page) -> None:
        """Raise what the definition's signs say of a page."""
        label = self._asker.client.label
        for sign in self._definition.challenge:
            if self._shows(sign, page):
                told = sign.select.text
                raise ChallengeRequired(why="check", site=label, sign=told, url=page.url)
        if any(self._shows(sign, page) for sign in self._definition.not_found):
            raise NotFound(why="disabled", site=label, url=page.url)

    def _shows(self, sign: Sign, page: Page) -> bool:
        root = self._documents.of(page, sign.read)
        for node in select(root, sign.select, self._budget) if root is not None else ():
            if sign.pattern is None:
                return True
            text = node.page.text_of(node.at) if isinstance(node, HtmlNode) else str(node.value)
            if sign.pattern.matches(text[:10_000], self._budget):
                return True
        return False

    def _root(self, step: Step, page: Page, names: Mapping[str, str]) -> Node:
        """The document that the rows are looked for in."""
        if step.within is None:
            return self._needed(step, page, step.read)
        kind, looked = step.within
        outer = self._needed(step, page, kind)
        values = Values(outer, page.url, names, self._budget).read(looked, (outer,))
        if not values:
            raise DefinitionMismatch(step.name, f"within ({looked.words})", url=page.url)
        inner = self._documents.parsed(values[0], page.url, step.read)
        if inner is None:
            raise DefinitionMismatch(step.name, f"{step.read} ({looked.words})", url=page.url)
        return inner

    def _needed(self, step: Step, page: Page, kind: str) -> Node:
        root = self._documents.of(page, kind)
        if root is None:
            raise DefinitionMismatch(step.name, kind, url=page.url)
        return root

    def _read(
        self, step: Step, page: Page, names: Mapping[str, str], asked: Asked, *, is_first: bool
    ) -> list[Row]:
        """The rows of one page.

        Raises:
            DefinitionMismatch: the landmark is not there; there are no rows on the first page, and
            nothing says that this may be; or no row has what each must have.
        """
        with _noted(asked):
            root = self._root(step, page, names)
            expects = step.expects
            if expects is not None and next(select(root, expects, self._budget), None) is None:
                raise DefinitionMismatch(step.name, f"expects ({expects.text})", url=page.url)
            rows = self._kept_rows(step, page, root, names, asked)
            if not asked.found and expects is None and is_first:
                told = " / ".join(where.text for where in step.rows)
                raise DefinitionMismatch(step.name, f"rows ({told})", url=page.url)
            if not rows and asked.lacking:
                missing = asked.lacking.most_common(1)[0][0]
                raise DefinitionMismatch(step.name, missing, url=page.url)
        return rows

    def _kept_rows(
        self, step: Step, page: Page, root: Node, names: Mapping[str, str], asked: Asked
    ) -> list[Row]:
        values = Values(root, page.url, names, self._budget)
        rows = []
        for nodes in self._row_nodes(step, root):
            asked.found += 1
            if asked.found > MOST_ROWS:
                raise UnexpectedAnswer(why="monster", site=self._asker.client.label, url=page.url)
            if not self._counts(step, values, nodes):
                continue
            found = {name: values.read(one, nodes) for name, one in step.fields.items()}
            if lacking := _lacking(step.fields, found):
                asked.lacking[lacking] += 1
                continue
            asked.note_row(found)
            rows.append(Row(found, page.url))
        return rows

    def _row_nodes(self, step: Step, root: Node) -> Iterator[tuple[Node, ...]]:
        found: Iterator[tuple[Node, ...]] = iter(((root,),))
        for where in step.rows:
            found = self._inside(found, where)
        return found

    def _inside(
        self, found: Iterator[tuple[Node, ...]], where: Where
    ) -> Iterator[tuple[Node, ...]]:
        for nodes in found:
            for below in select(nodes[-1], where, self._budget):
                yield (*nodes, below)

    def _counts(self, step: Step, values: Values, nodes: Sequence[Node]) -> bool:
        for one in step.where:
            found = values.read(one.field, nodes)
            holds = bool(found)
            if one.pattern is not None:
                holds = any(one.pattern.matches(text[:10_000], self._budget) for text in found)
            if holds == one.is_not:
                return False
        return True


@contextmanager
def _noted(asked: Asked) -> Iterator[None]:
    """Note on a request what it failed with."""
    try:
        yield
    except ProviderError as error:
        asked.error = error
        raise


def place_of(link: str) -> str:
    """Host and port of an address; ``www.`` makes no difference."""
    return host_of(absolute("https://", link)).removeprefix("www.")


def _lacking(fields: Mapping[str, Field], found: Mapping[str, Sequence[str]]) -> str:
    """The first field that a row must have and has not, with what was looked for."""
    for name, one in fields.items():
        if one.is_required and not found[name]:
            return f"{name} ({one.words})"
    return ""


def _values(rows: Sequence[Row]) -> list[Mapping[str, Sequence[str]]]:
    return [row.values for row in rows]


def _line(text: str) -> str:
    """A value of a header: what is filled in may end no line."""
    return "".join(char for char in text if char.isascii() and char.isprintable())[:1_000]
