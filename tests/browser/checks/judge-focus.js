// Judges what `watch-focus.js` wrote down: each place once, in reading order, in sight and marked.
const order = window.visited.map(({ target }) => target);
for (const element of window.expected) {
  if (!order.includes(element)) findings.push(`${called(element)} is never reached by the tabulator key`);
}
const known = order.filter((element) => window.expected.includes(element));
known.slice(1).forEach((element, at) => {
  const before = known[at];
  if (!(before.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING) && at + 1 < window.expected.length) {
    findings.push(`${called(element)} is reached after ${called(before)}`);
  }
});
for (const { target, marked, ratio, inside } of window.visited.slice(0, window.expected.length)) {
  if (!marked) findings.push(`${called(target)} does not show that it has the focus`);
  else if (ratio < 3) findings.push(`the focus of ${called(target)} shows with a contrast of ${round(ratio)} only`);
  if (!inside) findings.push(`${called(target)} has the focus out of sight`);
}
return findings;
