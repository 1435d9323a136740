// Formulas are there, have a size and are set in the page's own fonts; none is left as its source.
open();
return document.fonts.ready.then(() => {
  const formulas = [...document.querySelectorAll("math")];
  if (!formulas.length) findings.push("there is no formula");
  for (const formula of formulas) {
    const box = formula.getBoundingClientRect();
    if (shown(formula) && (box.width < 3 || box.height < 5)) {
      findings.push(`${called(formula)} measures ${round(box.width)} × ${round(box.height)} px`);
    }
    if (!formula.textContent.trim()) findings.push(`${called(formula)} is empty`);
    if (/\\[a-zA-Z]/.test(formula.textContent)) findings.push(`${called(formula)} holds a command as text`);
  }
  for (const error of document.querySelectorAll("merror")) findings.push(`${called(error)} is an error`);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (element.closest("pre, code, script, style, math")) continue;
    const source = walker.currentNode.data.match(/\$[^$\s][^$]*\$|\\(frac|sum|langle|mathrm|text)\b/);
    if (source) findings.push(`${called(element)} shows the source of a formula: ${source[0]}`);
  }
  for (const face of document.fonts) {
    if (face.status === "error") findings.push(`the font ${face.family} ${face.weight} is broken`);
  }
  for (const family of ["Inter", "STIX Two Math"]) {
    const faces = [...document.fonts].filter((face) => face.family.replaceAll('"', "") === family);
    if (!faces.some((face) => face.status === "loaded")) findings.push(`no letter is set in ${family}`);
  }
  return findings;
});
