/** What is chosen on a page is kept by the server: it is so in every browser of the visitor. */
import { call } from "lib/api.js";
import { toast } from "lib/toasts.js";

/** What an address says of a list, by the name it is kept by. */
const KEPT = {
  library: {
    view: (said) => ({ library_view: said }),
    sort: (said) => ({ library_sort: said }),
    columns: (said) => ({ library_columns: said === "none" ? [] : said.split(",") }),
  },
  series: { view: (said) => ({ series_view: said }) },
};

/** Keep some of the preferences, as `PATCH /api/preferences` takes them. */
export async function keep(chosen) {
  try {
    await call("PATCH", "preferences", chosen);
  } catch {
    toast(document.documentElement.dataset.requestFailed, { level: "error" });
  }
}

/** Keep what `parameters` of an address say of `list`, those of them that are named. */
export function keepOf(list, parameters, names = Object.keys(KEPT[list])) {
  const said = names.filter((name) => parameters.get(name) && KEPT[list][name]);
  if (said.length) keep(Object.assign({}, ...said.map((name) => KEPT[list][name](parameters.get(name)))));
}

/** A link with data-keeps leads to a list as it is to be from now on. */
export function keepByLinks() {
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[data-keeps]");
    if (link) keepOf(link.dataset.keeps, new URL(link.href).searchParams);
  });
}
