"""A browser without script: it logs in, fills in the forms it is shown and presses buttons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

CALL_SECONDS = 300.0

Typed = str | list[str] | None
Pairs = list[tuple[str, str]]


class Browser:
    """One visitor of the product at ``address``, with the cookies it is given."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        self._session.close()

    def log_in(self, password: str) -> None:
        self.send("/login", password=password)

    def page(self, path: str) -> BeautifulSoup:
        answer = self._session.get(urljoin(self._address, path), timeout=CALL_SECONDS)
        assert answer.status_code == 200, f"{path}: {answer.status_code} at {answer.url}"
        return BeautifulSoup(answer.text, "lxml")

    def send(
        self,
        page: str,
        *,
        to: str = "",
        where: dict[str, str] | None = None,
        press: tuple[str, str] | None = None,
        **typed: Typed,
    ) -> None:
        """Send one form of a page as it is shown, with what is typed into it.

        Args:
            to: where the form leads, if not to its own page.
            where: hidden fields that tell it from others that lead there.
            press: name and value of the button.
            typed: by the name of the field; a list for boxes of one name, None for a box that is
                not ticked.
        """
        form = _form(self.page(page), page, to or page, where or {}, press)
        pairs = _typed(_shown(form), form, typed)
        if press is not None:
            pairs.append(press)
        answer = self._session.post(
            urljoin(self._address, to or page),
            data=pairs,
            headers={"Origin": self._address, "Referer": urljoin(self._address, page)},
            allow_redirects=False,
            timeout=CALL_SECONDS,
        )
        assert answer.status_code in (302, 303), _refusal(answer)
        self.page(answer.headers["Location"])


def _form(
    shown: BeautifulSoup,
    page: str,
    to: str,
    where: dict[str, str],
    press: tuple[str, str] | None,
) -> Tag:
    for form in shown.select("form[method=post]"):
        if urljoin(page, str(form.get("action") or page)) != to:
            continue
        fields = dict(_shown(form))
        is_it = all(fields.get(name) == value for name, value in where.items())
        if is_it and (press is None or press in _buttons(form)):
            return form
    raise AssertionError(f"{page} has no form to {to} with {where} and the button {press}")


def _shown(form: Tag) -> Pairs:
    """What the form would send as it is shown."""
    pairs: Pairs = []
    for field in form.select("input[name], textarea[name], select[name]"):
        name, kind = str(field["name"]), field.get("type")
        if field.has_attr("disabled") or kind == "submit":
            continue
        if kind in ("checkbox", "radio") and not field.has_attr("checked"):
            continue
        pairs.append((name, _value(field)))
    return pairs


def _value(field: Tag) -> str:
    if field.name == "textarea":
        return field.get_text().removeprefix("\n")
    if field.name == "select":
        chosen = field.select_one("option[selected]") or field.select_one("option")
        return str(chosen["value"]) if chosen else ""
    return str(field.get("value", "on" if field.get("type") == "checkbox" else ""))


def _typed(pairs: Pairs, form: Tag, typed: dict[str, Typed]) -> Pairs:
    for name, value in typed.items():
        field = form.select_one(f'[name="{name}"]')
        assert field is not None, f"there is no field {name}"
        assert not field.has_attr("disabled"), f"{name} is locked"
        values = [] if value is None else [value] if isinstance(value, str) else value
        pairs = [pair for pair in pairs if pair[0] != name]
        pairs += [(name, one) for one in values]
    return pairs


def _buttons(form: Tag) -> Pairs:
    return [
        (str(button["name"]), str(button.get("value", "")))
        for button in form.select("button[name]:not([disabled])")
    ]


def _refusal(answer: Any) -> str:
    said = BeautifulSoup(answer.text, "lxml").select(".field-error, .alert")
    return f"{answer.status_code}: {[one.get_text().strip() for one in said]}"
