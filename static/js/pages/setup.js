/** Setup: what is refused is mended in place, so that the passwords need not be typed again. */
import { find, findAll } from "lib/dom.js";

const form = find("form.account-card");

/** The form as it was sent back, with the passwords that no server sends back. */
async function mend(answer, pressed) {
  const sent = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = find("form.account-card", sent);
  if (!fresh) return form.submit();
  const kept = new Map(findAll("input[type=password]", form).map((input) => [input.name, input.value]));
  form.replaceChildren(...fresh.childNodes);
  for (const input of findAll("input[type=password]", form)) input.value = kept.get(input.name) ?? "";
  const first = find("[aria-invalid=true]", form);
  const seen = first ?? find("[role=status], .field-error, .picker", form);
  seen?.scrollIntoView({ block: "center" });
  if (first) first.focus();
  else if (pressed) (findAll("button[name=do]", form).find(({ value }) => value === pressed) ?? find("[name=anime_directory]", form)).focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter ?? find("button[type=submit]", form);
  const body = new FormData(form, event.submitter); // before it is disabled: what is, is not sent
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type === "opaqueredirect") location.reload(); // set up: this address leads on
    else await mend(answer, button.name === "do" ? button.value : "");
  } catch {
    form.submit(); // without a connection the browser says it better
  } finally {
    button.disabled = false;
  }
});
