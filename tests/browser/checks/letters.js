// Letters in figures are as large as those of the text, lie within their figure, and lie on no other letters.
// `arguments[0]`: the least and the greatest size, in CSS pixels.
const { least, most } = arguments[0];
// Boxes of letters hold room for accents and descenders; this share of the size is left out at the top, and a pixel all round.
const HEADROOM = 0.2;
const corners = (element) => {
  const box = element.getBBox();
  const matrix = element.getScreenCTM();
  const scale = Math.hypot(matrix.a, matrix.b);
  const edge = 1 / scale;
  const top = box.y + edge + HEADROOM * parseFloat(getComputedStyle(element).fontSize);
  const [left, right, bottom] = [box.x + edge, box.x + box.width - edge, box.y + box.height - edge];
  return [[left, top], [right, top], [right, bottom], [left, bottom]].map(([x, y]) => {
    const place = new DOMPoint(x, y).matrixTransform(matrix);
    return [place.x, place.y];
  });
};
// Two rectangles, turned as may be, are apart when a line along one of their sides parts them.
const apart = (a, b) => [a, b].some((box) => [[0, 1], [1, 2]].some(([p, q]) => {
  const axis = [box[q][0] - box[p][0], box[q][1] - box[p][1]];
  const along = (corner) => corner[0] * axis[0] + corner[1] * axis[1];
  const [first, second] = [a.map(along), b.map(along)];
  return Math.max(...first) <= Math.min(...second) || Math.max(...second) <= Math.min(...first);
}));
let seen = 0;
const look = (figure, state) => {
  for (const svg of figure.querySelectorAll("svg")) {
    if (!shown(svg)) continue;
    const edge = svg.getBoundingClientRect();
    const letters = [...svg.querySelectorAll("text")].filter((one) => shown(one) && one.textContent.trim());
    const unfit = [];
    const boxes = letters.map((one) => {
      const matrix = one.getScreenCTM();
      const size = parseFloat(getComputedStyle(one).fontSize) * Math.hypot(matrix.a, matrix.b);
      if (size < least || size > most) unfit.push({ one, size });
      const box = one.getBoundingClientRect();
      if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 1 || box.bottom > edge.bottom + 1) {
        findings.push(`${called(one)}${state} leaves its figure: ${round(box.left - edge.left)} to ${round(box.right - edge.left)} of ${round(edge.width)} px across, ${round(box.top - edge.top)} to ${round(box.bottom - edge.top)} of ${round(edge.height)} px down`);
      }
      return corners(one);
    });
    seen += letters.length;
    if (unfit.length) {
      const { one, size } = unfit.reduce((worst, next) => (next.size < worst.size ? next : worst));
      findings.push(`${called(one)}${state} is ${round(size)} px high, not ${least} to ${most}, and so are ${unfit.length - 1} more`);
    }
    for (let i = 0; i < letters.length; i += 1) {
      for (let j = i + 1; j < letters.length; j += 1) {
        if (!apart(boxes[i], boxes[j])) findings.push(`${called(letters[i])}${state} lies on “${words(letters[j].textContent)}”`);
      }
    }
  }
};
return document.fonts.ready.then(() => {
  atEachState(look);
  if (document.querySelector("figure svg") && !seen) findings.push("no figure has a letter");
  return findings;
});
