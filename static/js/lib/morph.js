/**
 * Makes one piece of a page equal to another by changing only what differs, so that whatever the visitor
 * is at stays: the focus, a selection, ticks, what is typed, where a list is scrolled, what is folded open.
 */

const KEYS = ["id", "data-item", "data-run", "data-episode", "data-key"];
// What the visitor has the last word on. Where a script has it, data-keeps names it: attributes, or "content".
const THEIRS = { DETAILS: ["open"] };

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

const keptBy = (node) => (node.dataset?.keeps ?? "").split(" ");

function attributes(node, wanted) {
  const theirs = [...(THEIRS[node.tagName] ?? []), ...keptBy(node)];
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
  // What was unfolded stays until it has come again: an answer to something else does not bring it.
  return node.tagName === "DETAILS" && node.open && isUnloaded(wanted) && !isUnloaded(node);
}

const isUnloaded = (element) => element.querySelector(":scope > [data-unloaded]") !== null;

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
    while (at && keyOf(at) && !staying.has(keyOf(at))) at = dropped(at);
    const key = keyOf(next);
    const same = key ? known.get(key) : at && fits(at, next) ? at : null;
    if (!same) {
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

function dropped(child) {
  const next = child.nextSibling;
  child.remove();
  return next;
}

/** For htmx: `hx-ext="morph" hx-swap="morph"`. */
export function offerMorph() {
  htmx.defineExtension("morph", {
    isInlineSwap: (style) => style === "morph",
    handleSwap(style, target, fragment) {
      if (style !== "morph") return false;
      const wanted = fragment.querySelector(`#${CSS.escape(target.id)}`);
      if (wanted) return morph(target, wanted);
      location.reload(); // it is another page that answered: it belongs in the window
      return [];
    },
  });
}
