/**
 * In which form numbers and moments are written: that of the reader's own country, as far as it speaks the language
 * of the page. English without a country is not that of one where 3/4 is a day in March.
 */
export function locale() {
  const language = globalThis.document?.documentElement.lang || "en";
  const own = (globalThis.navigator?.languages ?? []).find((one) => one.split("-")[0] === language && one.includes("-"));
  return own ?? (language === "en" ? "en-GB" : language);
}
