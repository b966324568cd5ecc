/** Small things every component needs from the document. */

export const find = (selector, from = document) => from.querySelector(selector);
export const findAll = (selector, from = document) => [...from.querySelectorAll(selector)];

/** Where the product is mounted: "/" or "/base/path/". */
export const root = () => document.documentElement.dataset.root ?? "/";

export const csrfToken = () => find('meta[name="csrf-token"]')?.content ?? "";

/** A copy of the first element of a <template>. */
export const cloneTemplate = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** Write a text only when it differs, so that screen readers are not told the same again. */
export function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

/**
 * Run `work` once, `delay` milliseconds after the last call, and never later than `most` after the first
 * that has not been answered: calls that do not end must not put it off for ever.
 */
export function debounce(work, delay, most = Infinity) {
  let timer;
  let since;
  return (...args) => {
    clearTimeout(timer);
    since ??= performance.now();
    const left = Math.max(since + most - performance.now(), 0);
    timer = setTimeout(() => {
      since = undefined;
      work(...args);
    }, Math.min(delay, left));
  };
}
