"""A page gone through by Tab alone: what is come to, in which order, and whether that is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

MOST_STOPS = 400
# How an element and what may show its focus look. Beside it: a label may draw it, or a picture.
LOOK = """
function look(one) {
  const beside = [one.closest("label"), one.nextElementSibling, one.firstElementChild];
  const parts = [one, ...beside].filter(Boolean);
  return parts.map((part) => {
    const style = getComputedStyle(part);
    const outline = style.outlineStyle === "none" ? "" : style.outlineWidth;
    const place = outline && style.outlineOffset;
    return [outline, place, style.boxShadow, style.borderColor, style.backgroundColor].join();
  }).join();
}
"""
# Whatever a mouse could use. Of a group of radio buttons the keyboard comes to one.
MARK = (
    "() => {"
    + LOOK
    + """
  const wanted = "a[href], button, input, select, textarea, summary, [tabindex]";
  const isShown = (one) =>
    one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert]");
  const groups = new Set();
  const targets = [...document.querySelectorAll(wanted)].filter((one) => {
    if (one.disabled || one.type === "hidden" || one.tabIndex < 0 || !isShown(one)) return false;
    if (one.type !== "radio") return true;
    const chosen = document.querySelector(`input[name="${CSS.escape(one.name)}"]:checked`) ?? one;
    if (groups.has(one.name) || chosen !== one) return false;
    groups.add(one.name);
    return true;
  });
  targets.forEach((one, at) => (one.dataset.stop = at));
  document.activeElement?.blur(); // what a page focuses itself would look the same with the focus
  window.plain = targets.map(look);
  return targets.map((one) => one.outerHTML.slice(0, 160));
}"""
)
# The focus may take its time to be drawn, though not for ever.
DRAWN = """() => Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
  .map((one) => one.finished.catch(() => {})))"""
# Tab goes on from where the focus was, though what had it is gone.
TO_THE_TOP = """() => {
  const top = document.createElement("span");
  top.tabIndex = -1;
  document.body.prepend(top);
  top.focus();
  top.remove();
}"""
STOP = (
    "() => {"
    + LOOK
    + """
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const label = one.closest("label");
  const drawn = label && getComputedStyle(one).opacity === "0" ? label : one;
  const [box] = drawn.getClientRects(); // of a link over two lines the first one
  const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
  const across = middle(box.left, box.right, innerWidth);
  // Of what is in sight of it; a text area is scrolled to the line that is typed in, the first one.
  const bottom = one.localName === "textarea" ? Math.min(box.bottom, box.top + 24) : box.bottom;
  const down = middle(box.top, bottom, innerHeight);
  const isInside = across > box.left && across < box.right && down > box.top && down < box.bottom;
  const at = isInside && document.elementFromPoint(across, down);
  const stop = one.dataset.stop === undefined ? -1 : Number(one.dataset.stop);
  return {
    stop,
    html: one.outerHTML.slice(0, 160),
    isSeen: stop < 0 || look(one) !== window.plain[stop],
    isCovered: !at || !(one.contains(at) || at.contains(one) || label?.contains(at)),
  };
}"""
)


@dataclass
class Visit:
    """What Tab came to, and what is wrong with it."""

    stops: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def visited(page: Page) -> Visit:
    """Press Tab from the top of the page until it is left."""
    targets: list[str] = page.evaluate(MARK)
    visit = Visit()
    page.evaluate(TO_THE_TOP)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        page.evaluate(DRAWN)
        stop: dict[str, Any] | None = page.evaluate(STOP)
        if stop is None or stop["stop"] in visit.stops[:-1]:
            break
        if stop["stop"] < 0 or stop["stop"] in visit.stops:
            continue  # what scrolls is a stop of the browser's own; a date has one for each part
        if not stop["isSeen"]:
            visit.faults.append(f"focus is not seen: {stop['html']}")
        if stop["isCovered"]:
            visit.faults.append(f"focus is covered: {stop['html']}")
        visit.stops.append(stop["stop"])
    left_out = sorted(set(range(len(targets))) - set(visit.stops))
    visit.faults += [f"Tab does not come to: {targets[at]}" for at in left_out]
    if visit.stops != sorted(visit.stops):
        visit.faults.append(f"Tab goes to and fro: {visit.stops}")
    return visit
