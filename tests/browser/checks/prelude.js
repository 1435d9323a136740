// What several checks use. Each check is the body of a function after this one, and returns its findings as sentences.
const findings = [];
const round = (value) => Math.round(value * 100) / 100;
const words = (text) => text.replace(/\s+/g, " ").trim().slice(0, 60);

/// An element in a reader's words: its tag, its text, and the nearest place with a name.
const called = (element) => {
  const id = element.id ? "#" + element.id : "";
  const classes = [...element.classList].map((one) => "." + one).join("");
  const home = element.parentElement && element.parentElement.closest("[id]");
  const place = home ? " in #" + home.id : "";
  return `<${element.tagName.toLowerCase()}${id}${classes}> “${words(element.textContent)}”${place}`;
};
const shown = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
const open = () => document.querySelectorAll("details").forEach((one) => { one.open = true; });

/// A computed colour as red, green, blue (0 to 255) and opacity (0 to 1).
const colour = (text) => {
  const numbers = (text.match(/-?[\d.]+(e-?\d+)?/g) || []).map(Number);
  if (text.startsWith("rgb")) return [numbers[0], numbers[1], numbers[2], numbers[3] ?? 1];
  if (text.startsWith("color(srgb ")) return [...numbers.slice(0, 3).map((part) => 255 * part), numbers[3] ?? 1];
  throw new Error("a colour that this check cannot read: " + text);
};
const over = (upper, lower) => [
  ...[0, 1, 2].map((k) => upper[3] * upper[k] + (1 - upper[3]) * lower[k]), 1,
];
const faded = (one, opacity) => [one[0], one[1], one[2], one[3] * opacity];

/// The ratio of WCAG 2.2, 1 to 21.
const contrast = (a, b) => {
  const luminance = (one) => {
    const [r, g, blue] = one.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
};

/// What an element's background and those behind it amount to. Gradients are left out: the page has them only as shades at
/// the edge of what scrolls.
const ground = (element) => {
  const layers = [];
  for (let one = element; one; one = one.parentElement) {
    const layer = colour(getComputedStyle(one).backgroundColor);
    if (layer[3] > 0) layers.push(layer);
    if (layer[3] === 1) break;
  }
  const probe = document.createElement("div");
  probe.style.background = "Canvas";
  document.body.append(probe);
  const canvas = colour(getComputedStyle(probe).backgroundColor);
  probe.remove();
  return layers.reverse().reduce((below, layer) => over(layer, below), canvas);
};

/// The product of an element's opacity and those of its ancestors.
const opacity = (element) => {
  let product = 1;
  for (let one = element; one; one = one.parentElement) product *= Number(getComputedStyle(one).opacity);
  return product;
};

/// Calls `look` for every state of every figure: once, or at each place of its slider.
const atEachState = (look) => {
  for (const figure of document.querySelectorAll("figure")) {
    const slider = figure.querySelector("input[type=range]");
    if (!slider) {
      look(figure, "");
      continue;
    }
    const start = slider.value;
    for (let at = Number(slider.min); at <= Number(slider.max); at += 1) {
      slider.value = at;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      look(figure, ` at ${figure.querySelector("output").textContent}`);
    }
    slider.value = start;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }
};
