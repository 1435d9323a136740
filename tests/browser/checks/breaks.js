// On paper, what must not be split fits on a page. `arguments[0]`: a page's height in CSS pixels.
for (const element of document.body.querySelectorAll("*")) {
  if (!shown(element) || !["avoid", "avoid-page"].includes(getComputedStyle(element).breakInside)) continue;
  const { height } = element.getBoundingClientRect();
  if (height > arguments[0].height) {
    findings.push(`${called(element)} shall stay whole, and is ${round(height)} px high on a page of ${arguments[0].height} px`);
  }
}
return findings;
