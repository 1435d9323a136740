// Writes down where the focus goes and how that shows. Returns how many places it should visit.
document.querySelectorAll("details").forEach((one) => { one.open = false; });
window.expected = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && shown(one));
window.visited = [];
const outlines = new WeakMap(window.expected.map((one) => [one, getComputedStyle(one).outlineStyle]));
document.addEventListener("focusin", ({ target }) => {
  const style = getComputedStyle(target);
  const box = target.getBoundingClientRect();
  window.visited.push({
    target,
    marked: style.outlineStyle !== "none" && outlines.get(target) === "none" && parseFloat(style.outlineWidth) >= 1,
    ratio: contrast(over(colour(style.outlineColor), ground(target)), ground(target.parentElement)),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  });
});
return window.expected.length;
