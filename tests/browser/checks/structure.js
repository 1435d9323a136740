// The outline that assistive technology goes by: one title, headings without holes, landmarks around everything.
const page = document.documentElement;
if (!page.lang) findings.push("the page does not say its language");
if (!document.title.trim()) findings.push("the page has no title");
if (!document.querySelector('meta[name="viewport"]')) findings.push("the page does not say how wide it is on a phone");
// A course has a title, and each of its chapters has one.
const titles = 1 + document.querySelectorAll(".course .chapter").length;
for (const [tag, wanted] of [["h1", titles], ["main", 1]]) {
  const count = document.querySelectorAll(tag).length;
  if (count !== wanted) findings.push(`there are ${count} <${tag}>, not ${wanted}`);
}
let level = 0;
for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
  const own = Number(heading.tagName[1]);
  if (!words(heading.textContent)) findings.push(`${called(heading)} is empty`);
  if (own > level + 1) findings.push(`${called(heading)} follows a heading of level ${level}`);
  level = own;
}
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || element.closest("script, style")) continue;
  if (!element.closest("header, nav, main, footer, .skip")) findings.push(`${called(element)} lies in no landmark`);
}
for (const details of document.querySelectorAll("details")) {
  const summary = details.firstElementChild;
  if (!summary || summary.tagName !== "SUMMARY" || !words(summary.textContent)) {
    findings.push(`${called(details)} does not say what it hides`);
    continue;
  }
  const before = details.open;
  summary.click();
  if (details.open === before) findings.push(`${called(summary)} does not ${before ? "close" : "open"}`);
  details.open = true;
  const rest = [...details.children].slice(1);
  if (!rest.some((one) => one.getBoundingClientRect().height > 0)) findings.push(`${called(details)} hides nothing`);
  details.open = before;
}
for (const table of document.querySelectorAll("table")) {
  if (!table.querySelector("thead th")) findings.push(`${called(table)} has no head`);
}
for (const image of document.querySelectorAll("img:not([alt])")) findings.push(`${called(image)} has no words instead`);
return findings;
