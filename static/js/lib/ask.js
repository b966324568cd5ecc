/** The product's own question, before something is done that is not easily taken back. */
import { find } from "lib/dom.js";

/** Ask `question`; `yes` are the words of the button that does it. Resolves to whether it was pressed. */
function ask(question, yes) {
  const sheet = document.getElementById("question-sheet");
  find("[data-question]", sheet).textContent = question;
  find("[data-yes]", sheet).textContent = yes;
  sheet.returnValue = "";
  sheet.showModal(); // the focus is kept in it, and goes back where it was when it closes
  find("[data-no]", sheet).focus();
  return new Promise((answered) => {
    sheet.addEventListener("close", () => answered(sheet.returnValue === "yes"), { once: true });
  });
}

/** What a button is called: what is read out where that differs from what is seen. */
const nameOf = (button) => button.getAttribute("aria-label") ?? button.textContent.trim();

/** Send the form once more, and say to the server that its question was answered. */
function sendSurely(form, button) {
  const sure = Object.assign(document.createElement("input"), { type: "hidden", name: "sure", value: "yes" });
  form.append(sure);
  form.requestSubmit(button);
  setTimeout(() => sure.remove()); // it was collected; whoever comes back to this page is asked again
}

/** Buttons with data-confirm ask before their form is sent. */
export function askBeforeSending() {
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter: button } = event;
    if (!button?.dataset.confirm || find(":scope > input[name=sure]", form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(button.dataset.confirm, nameOf(button))) sendSurely(form, button);
  }, true);
}
