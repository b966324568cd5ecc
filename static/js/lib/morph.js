/**
 * Makes one piece of a page equal to another by changing only what differs, so that whatever the visitor
 * is at stays: the focus, a selection, ticks, what is typed, where a list is scrolled, what is folded open.
 */

// A letter of the library lies in the first row that begins with it: an id may go from one row to another.
const KEYS = ["data-item", "data-run", "data-episode", "data-key", "id"];
// What the visitor, or a script for them, has the last word on: attributes, or "content". data-keeps names more.
const THEIRS = {
  details: ["open"],
  "selection-form, selection-form form": ["class"],
  "[data-selection-bar]": ["hidden"],
  "[data-selection-count]": ["content"],
  "episode-grid a.cell": ["tabindex"],
};
const PUT_THERE = ".to-selection"; // by a script: no answer has it

const keyOf = (node) => {
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  const name = KEYS.find((key) => node.hasAttribute(key));
  return name ? `${node.tagName} ${name} ${node.getAttribute(name)}` : null;
};

const fits = (node, wanted) =>
  node.nodeType === wanted.nodeType && node.nodeName === wanted.nodeName && keyOf(node) === keyOf(wanted);

/** Make `node` like `wanted`, which is used up; `added` gets the elements that are new. */
export function morph(node, wanted, added = []) {
  if (node.isEqualNode(wanted)) return added;
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.nodeValue !== wanted.nodeValue) node.nodeValue = wanted.nodeValue;
    return added;
  }
  attributes(node, wanted);
  if (keepsContent(node, wanted)) return added;
  children(node, wanted, added);
  return added;
}

function keptBy(node) {
  const own = (node.dataset?.keeps ?? "").split(" ");
  return Object.entries(THEIRS).flatMap(([which, names]) => (node.matches(which) ? names : [])).concat(own);
}

function attributes(node, wanted) {
  const theirs = keptBy(node);
  for (const { name, value } of wanted.attributes) {
    if (!theirs.includes(name) && node.getAttribute(name) !== value) node.setAttribute(name, value);
  }
  for (const { name } of [...node.attributes]) {
    const isOurs = !theirs.includes(name) && !(name === "class" && node.matches(".htmx-request, .is-dragging"));
    if (isOurs && !wanted.hasAttribute(name)) node.removeAttribute(name);
  }
}

/** A moment is shown in the reader's zone by its own script: it is written anew only where it is another. */
function keepsContent(node, wanted) {
  if (keptBy(node).includes("content")) return true;
  if (node.tagName === "READER-TIME") {
    const moment = (element) => element.querySelector("time")?.getAttribute("datetime");
    return moment(node) === moment(wanted);
  }
  // What came late is asked for by itself; see askForLate.
  if (node.matches("[data-late]")) return wanted.matches("[data-late]");
  // What was unfolded stays until it has come again: an answer to something else does not bring it.
  return node.tagName === "DETAILS" && node.open && isUnloaded(wanted) && !isUnloaded(node);
}

const isUnloaded = (element) => element.querySelector(":scope > :is([data-unloaded], [data-late])") !== null;

/** What came late into something that is closed again comes anew when that is opened. */
const isSpent = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches("details:not([open]) > [data-late]");

function children(node, wanted, added) {
  const known = new Map();
  for (const child of node.childNodes) {
    const key = keyOf(child);
    if (key) known.set(key, child);
  }
  const staying = new Set([...wanted.childNodes].map(keyOf).filter(Boolean));
  let at = node.firstChild;
  for (const next of [...wanted.childNodes]) {
    // What will not be there any more does not stand in the way of those after it: they need not be moved.
    while (at && (isPutThere(at) || (keyOf(at) && !staying.has(keyOf(at))))) at = dropped(at);
    const key = keyOf(next);
    const same = key ? known.get(key) : at && fits(at, next) ? at : null;
    if (!same || isSpent(same)) {
      node.insertBefore(next, at);
      if (next.nodeType === Node.ELEMENT_NODE) added.push(next);
    } else {
      if (same === at) at = at.nextSibling;
      else node.insertBefore(same, at);
      morph(same, next, added);
    }
  }
  while (at) at = dropped(at);
}

const isPutThere = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches(PUT_THERE);

/** Take it out, unless a script has put it there; what comes after it. */
function dropped(child) {
  const next = child.nextSibling;
  if (!isPutThere(child)) child.remove();
  return next;
}

/** What came late into what is open in `region` is asked for once more. */
export function askForLate(region) {
  for (const place of region.querySelectorAll("details[open] > [data-late]")) htmx.trigger(place, "renew");
}

/** For htmx: `hx-ext="morph" hx-swap="morph"`; "morph-content" where an answer is what the target holds. */
export function offerMorph() {
  htmx.defineExtension("morph", {
    isInlineSwap: (style) => style === "morph",
    handleSwap(style, target, fragment) {
      const added = [];
      if (style === "morph-content") {
        children(target, fragment, added);
        return added;
      }
      if (style !== "morph") return false;
      const wanted = fragment.querySelector(`#${CSS.escape(target.id)}`);
      if (wanted) return morph(target, wanted);
      location.reload(); // it is another page that answered: it belongs in the window
      return [];
    },
  });
}
