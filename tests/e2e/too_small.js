/**
 * The controls of a page that a finger misses: those of which less than `least` pixels in height and width can
 * be pressed, in words. What is pressed is found out by asking the page what lies at a point, so that a label, and
 * room around what is drawn, count. A link in a line of text is as high as its line (WCAG 2.5.5).
 */
(least) => {
  const half = least / 2 - 1;
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, .segmented label";
  const texts = "p, li, dd, td, th, label, span, h1, h2, h3, h4, code, small, time";

  const isInLine = (one) => one.matches("a") && getComputedStyle(one).display === "inline" && one.closest(texts);
  const isApart = (one) => one.disabled || one.matches(".segmented input, .skip-link, .to-selection") || isInLine(one);
  const isShown = (one) => {
    const { width, height } = one.getBoundingClientRect();
    return width > 1 && height > 1 && one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const hits = (one, at) => {
    if (!at) return false;
    const label = at.closest("label");
    return one === at || one.contains(at) || label?.control === one;
  };
  const nameOf = (one) => (one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 30) || one.name || one.id;

  const missed = (one) => {
    one.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const points = { in: [x, y], above: [x, y - half], below: [x, y + half], before: [x - half, y], behind: [x + half, y] };
    const isOut = ([left, top]) => left < 0 || top < 0 || left >= innerWidth || top >= innerHeight;
    return Object.keys(points).filter((side) => !isOut(points[side]) && !hits(one, document.elementFromPoint(...points[side])));
  };

  const found = [];
  for (const one of document.querySelectorAll(kinds)) {
    if (isApart(one) || !isShown(one)) continue;
    const sides = missed(one);
    const { width, height } = one.getBoundingClientRect();
    const size = `${Math.round(width)}x${Math.round(height)}`;
    if (sides.length) found.push(`${one.tagName.toLowerCase()}.${one.className} "${nameOf(one)}" ${size} ${sides.join(" ")}`);
  }
  return found;
}
