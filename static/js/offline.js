// On the page for when the server cannot be reached: looks whether it is there again, and goes on to what was wanted.
(() => {
  const { alive } = document.currentScript.dataset;
  if (location.pathname.endsWith("/offline")) return; // looked at by itself: nothing is waited for
  let pause = 2000;

  const again = document.getElementById("again");
  again.href = location.href;
  document.getElementById("trying").hidden = false;

  async function look() {
    try {
      if ((await fetch(alive, { cache: "no-store" })).ok) return location.reload();
    } catch {
      // not yet
    }
    pause = Math.min(pause * 1.5, 30000);
    setTimeout(look, pause);
    return undefined;
  }
  addEventListener("online", () => location.reload());
  setTimeout(look, pause);
})();
