// Sliders through precomputed frames, and figures saved as pictures. The page is complete without it.
(() => {
  // Pixels of a saved picture to a unit of its drawing: twice what a page shows.
  const SHARPER = 2.4;
  const named = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  const drawing = (figure) => {
    const svg = [...figure.querySelectorAll("svg")].find((one) => one.getClientRects().length);
    const copy = svg.cloneNode(true);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
  };
  const picture = (figure, name) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(SHARPER * image.naturalWidth);
      canvas.height = Math.round(SHARPER * image.naturalHeight);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      URL.revokeObjectURL(image.src);
      canvas.toBlob((blob) => named(blob, name), "image/png");
    };
    image.src = URL.createObjectURL(drawing(figure));
  };
  const button = (words, act) => {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = words;
    one.addEventListener("click", act);
    return one;
  };
  for (const figure of document.querySelectorAll("figure[data-name]")) {
    const name = figure.dataset.name;
    const tools = figure.querySelector(".numbers .tools");
    if (tools) {
      const svg = button("SVG", () => named(drawing(figure), name + ".svg"));
      const png = button("PNG", () => picture(figure, name + ".png"));
      tools.append(" The figure as ", svg, " or ", png, ".");
    }
  }
  for (const figure of document.querySelectorAll("figure[data-frames]")) {
    const frames = [...figure.querySelectorAll(".frame")];
    const slider = figure.querySelector("input[type=range]");
    const output = figure.querySelector("output");
    const show = () => {
      frames.forEach((frame, index) => { frame.hidden = index !== Number(slider.value); });
      const value = frames[slider.value].dataset.value;
      output.textContent = value;
      slider.setAttribute("aria-valuetext", value);
    };
    figure.querySelector(".paper").classList.add("replaced");
    figure.querySelector(".frames").hidden = false;
    slider.closest(".slider").hidden = false;
    slider.addEventListener("input", show);
    show();
  }
})();
