// Every reference within the page leads to an element, and no two elements have one name. Links to other files are
// returned for the caller to look up.
const ids = new Map();
for (const element of document.querySelectorAll("[id]")) {
  if (ids.has(element.id)) findings.push(`two elements are called #${element.id}: the second is ${called(element)}`);
  ids.set(element.id, element);
}
const files = [];
let links = 0;
for (const link of document.querySelectorAll("a")) {
  const target = link.getAttribute("href");
  links += 1;
  if (!words(link.textContent) && !link.getAttribute("aria-label")) findings.push(`${called(link)} says nothing`);
  if (target === null) findings.push(`${called(link)} has no address`);
  else if (target.startsWith("#")) {
    if (!ids.has(decodeURIComponent(target.slice(1)))) findings.push(`${called(link)} leads to ${target}, which is nowhere`);
  } else if (target.startsWith("data:")) {
    if (!link.download) findings.push(`${called(link)} would leave the page for its data`);
  } else if (!/^(https|http|mailto):/.test(target)) files.push(new URL(target, location.href).href);
}
for (const attribute of ["for", "aria-labelledby", "aria-describedby", "aria-controls", "headers"]) {
  for (const element of document.querySelectorAll(`[${attribute}]`)) {
    for (const id of element.getAttribute(attribute).split(/\s+/)) {
      if (!ids.has(id)) findings.push(`${called(element)} names #${id} as its ${attribute}, which is nowhere`);
    }
  }
}
for (const element of document.querySelectorAll("svg *")) {
  for (const { name, value } of element.attributes) {
    for (const [, id] of value.matchAll(/url\(["']?#([^"')]+)/g)) {
      if (!ids.has(id)) findings.push(`${called(element)} uses #${id} as its ${name}, which is nowhere`);
    }
    if (name.endsWith("href") && value.startsWith("#") && !ids.has(value.slice(1))) {
      findings.push(`${called(element)} uses ${value}, which is nowhere`);
    }
  }
}
return { findings, files, links };
