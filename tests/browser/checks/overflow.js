// Nothing is wider than the window, and nothing sticks out of it unless it scrolls in a container of its own.
open();
const width = document.documentElement.clientWidth;
const wide = document.documentElement.scrollWidth;
if (wide > width) findings.push(`the page is ${wide} px wide in a window of ${width} px`);
const scrolling = new WeakMap();
const scrolls = (element) => {
  if (!element || element === document.body) return false;
  if (!scrolling.has(element)) {
    const own = ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
    scrolling.set(element, own || scrolls(element.parentElement));
  }
  return scrolling.get(element);
};
const told = new Set();
for (const element of document.body.querySelectorAll("*")) {
  // The link that skips to the content waits outside until it has the focus.
  if (element.closest(".skip") || !shown(element) || scrolls(element.parentElement)) continue;
  const box = element.getBoundingClientRect();
  if (!box.width || !box.height || (box.left >= -0.5 && box.right <= width + 0.5)) continue;
  if (!told.has(element.parentElement)) {
    findings.push(`${called(element)} reaches from ${round(box.left)} to ${round(box.right)} px of ${width} px`);
  }
  told.add(element);
}
return findings;
