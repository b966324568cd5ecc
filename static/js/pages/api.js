/** The API in a browser: forms that send what no form can, and show the answer in the place of the page. */
import { csrfToken, find, findAll } from "lib/dom.js";
import { toast } from "lib/toasts.js";

async function send(form) {
  const { type, content } = form.elements;
  const headers = { Accept: "text/html", "X-CSRFToken": csrfToken() };
  if (content) headers["Content-Type"] = type.value;
  const answer = await fetch(form.action, { method: form.dataset.method, headers, body: content?.value });
  const shown = find("#main", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!shown) throw new Error(`HTTP ${answer.status} without a page`);
  const main = find("#main");
  main.replaceChildren(...shown.childNodes);
  ready(main);
  main.focus();
  scrollTo({ top: 0 });
}

function ready(main) {
  for (const form of findAll("form[data-method]", main)) form.hidden = false;
}

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("form[data-method]")) return;
  event.preventDefault();
  send(event.target).catch(() => toast(document.documentElement.dataset.requestFailed, { level: "error" }));
});
ready(find("#main"));
