"""How a page looks: what axe has to say, and whether it fits on its screen."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

AXE = "axe_playwright_python", "axe.min.js"
# The size of targets is a rule of WCAG 2.2, which axe leaves out unless it is asked for.
RUN_AXE = """() => axe.run({
  resultTypes: ["violations"], rules: { "target-size": { enabled: true } },
})"""
IS_WIDER = "() => document.documentElement.scrollWidth > innerWidth"
# What lies outside the screen without a part of its own that scrolls: it cannot be come to.
CUT_OFF = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const { width, height, left, right } = one.getBoundingClientRect();
  if (!width || !height || (left >= -1 && right <= innerWidth + 1)) return false;
  for (let above = one.parentElement; above; above = above.parentElement)
    if (/auto|scroll/.test(getComputedStyle(above).overflowX)) return false;
  return true;
}).map((one) => one.outerHTML.slice(0, 120))"""
# Short words of which a narrow column leaves some letters to each line.
TORN = """() => {
  const isForEars = (one) =>
    one && (getComputedStyle(one).clipPath !== "none" || isForEars(one.parentElement));
  const torn = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const parent = text.parentElement;
    if (parent.closest("code, pre, option, script") || !parent.checkVisibility()) continue;
    for (const word of text.data.matchAll(/(?<!\\S)\\p{L}{2,12}(?!\\S)/gu)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1 && !isForEars(parent)) torn.push(`${word[0]} in ${parent.outerHTML}`);
    }
  }
  return torn.map((one) => one.slice(0, 120));
}"""
# Words that are longer than what shows them, without dots that say so, and cannot be scrolled to.
CUT_SHORT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one);
  if (!/hidden|clip/.test(style.overflowX) || style.textOverflow === "ellipsis") return false;
  const isForEars = style.clipPath !== "none";
  return !isForEars && one.clientWidth && one.innerText?.trim()
    && one.checkVisibility({ visibilityProperty: true }) && one.scrollWidth > one.clientWidth + 1;
}).map((one) => one.outerHTML.slice(0, 120))"""


def faults_of(page: Page, address: str, *, is_narrow: bool) -> list[str]:
    """What axe and a look at the edges find."""
    page.evaluate(files(AXE[0]).joinpath(AXE[1]).read_text())
    found: list[dict[str, Any]] = page.evaluate(RUN_AXE)["violations"]
    faults = [
        f"{address}: {one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]
    ]
    if is_narrow and page.evaluate(IS_WIDER):
        faults.append(f"{address}: wider than the screen")
    if is_narrow:
        faults += [f"{address}: cut off: {one}" for one in page.evaluate(CUT_OFF)]
    faults += [f"{address}: cut short: {one}" for one in page.evaluate(CUT_SHORT)]
    faults += [f"{address}: torn: {one}" for one in page.evaluate(TORN)]
    return faults
