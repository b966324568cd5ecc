/** Setup: what is refused is mended in place, so that the passwords need not be typed again. */
import { find, findAll } from "lib/dom.js";

const form = find("form.account-card");

/** The form as it was sent back, with the passwords that no server sends back. */
async function mend(answer) {
  const sent = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = find("form.account-card", sent);
  if (!fresh) return form.submit();
  const kept = new Map(findAll("input[type=password]", form).map((input) => [input.name, input.value]));
  form.replaceChildren(...fresh.childNodes);
  for (const input of findAll("input[type=password]", form)) input.value = kept.get(input.name) ?? "";
  (find("[aria-invalid=true]", form) ?? find(".field-error", form) ?? form).scrollIntoView({ block: "center" });
  find("[aria-invalid=true]", form)?.focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = find("button[type=submit]", form);
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload(); // set up: this address leads on to the login
    else await mend(answer);
  } catch {
    form.submit(); // without a connection the browser says it better
  } finally {
    button.disabled = false;
  }
});
