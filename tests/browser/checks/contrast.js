// Every text stands out from what is behind it: 4.5 : 1, or 3 : 1 where it is large (WCAG 2.2, 1.4.3).
open();
const pairs = new Map();
const judge = (element, ink, paper, size, weight, state) => {
  const ratio = contrast(over(ink, paper), paper);
  const wanted = size >= 24 || (size >= 18.66 && weight >= 700) ? 3 : 4.5;
  if (ratio >= wanted) return;
  const key = [ink, paper].map((one) => one.map(round).join(" ")).join(" on ");
  const pair = pairs.get(key) || { ratio, wanted, element: called(element) + state, count: 0 };
  pair.count += 1;
  pairs.set(key, pair);
};
const texts = (root) => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("script, style, title, desc")) continue;
    if (shown(element)) found.push(element);
  }
  return new Set(found);
};
for (const element of texts(document.body)) {
  if (element.closest("svg")) continue;
  const style = getComputedStyle(element);
  const ink = faded(colour(style.color), opacity(element));
  judge(element, ink, ground(element), parseFloat(style.fontSize), Number(style.fontWeight), "");
}

// In a figure the paper is what was painted last below the letters.
const drawn = (figure, state) => {
  for (const svg of figure.querySelectorAll("svg")) {
    if (!shown(svg)) continue;
    const behind = ground(svg);
    const shapes = [...svg.querySelectorAll("rect, circle, ellipse, path, polygon")].map((shape) => {
      return { shape, box: shape.getBoundingClientRect() };
    });
    for (const element of texts(svg)) {
      const style = getComputedStyle(element);
      if (style.fill === "none") continue;
      const box = element.getBoundingClientRect();
      const matrix = element.getScreenCTM();
      const scale = Math.hypot(matrix.a, matrix.b);
      const ink = faded(colour(style.fill), Number(style.fillOpacity) * opacity(element));
      const haloed = style.paintOrder.startsWith("stroke") && style.stroke !== "none";
      const y = (box.top + box.bottom) / 2;
      for (const share of [0.1, 0.5, 0.9]) {
        const x = box.left + share * box.width;
        let paper = behind;
        for (const { shape, box: extent } of shapes) {
          if (x < extent.left || x > extent.right || y < extent.top || y > extent.bottom) continue;
          if (!(shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
          const look = getComputedStyle(shape);
          if (look.fill === "none") continue;
          const place = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
          if (!shape.isPointInFill(place)) continue;
          paper = over(faded(colour(look.fill), Number(look.fillOpacity) * opacity(shape)), paper);
        }
        if (haloed && parseFloat(style.strokeWidth) >= 2) {
          paper = over(faded(colour(style.stroke), Number(style.strokeOpacity)), paper);
        }
        judge(element, ink, paper, scale * parseFloat(style.fontSize), Number(style.fontWeight), state);
      }
    }
  }
};
atEachState(drawn);
for (const svg of document.querySelectorAll("svg")) if (!svg.closest("figure")) drawn(svg.parentElement, "");
for (const [key, { ratio, wanted, element, count }] of pairs) {
  findings.push(`${element}: contrast ${round(ratio)} below ${wanted} (${key}), ${count} times`);
}
return findings;
