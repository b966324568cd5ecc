/** A page with a long list: its filters stand in the address, and only those that are set. */
import { keepPlace } from "lib/place.js";

keepPlace(() => document.getElementById("live"));

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id !== "filters") return;
  for (const [name, value] of [...detail.formData]) {
    if (value === "") detail.formData.delete(name);
  }
});
