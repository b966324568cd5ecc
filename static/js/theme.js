// Loaded in the head and blocking: the chosen theme must be there before the first paint.
(() => {
  const page = document.documentElement.dataset;
  try {
    // Who is logged in gets theirs from the server; this browser notes it for the pages before the login.
    if (page.kept !== undefined) localStorage.setItem("theme", page.theme);
    else page.theme = localStorage.getItem("theme") ?? page.theme;
  } catch {
    return; // storage is switched off: the system's theme it is before the login
  }
})();
