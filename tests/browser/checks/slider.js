// How a figure with a slider stands. `arguments[0]`: the number of the figure among those that have one.
const figure = document.querySelectorAll("figure[data-frames]")[arguments[0].at];
const slider = figure.querySelector("input[type=range]");
if (arguments[0].focus) slider.focus();
return {
  called: called(figure),
  value: Number(slider.value),
  last: Number(slider.max),
  slider: shown(slider),
  label: figure.querySelector("output").textContent,
  spoken: slider.getAttribute("aria-valuetext"),
  frames: [...figure.querySelectorAll(".frame")].flatMap((frame, index) => (shown(frame) ? [index] : [])),
  pictures: [...figure.querySelectorAll("svg")].filter(shown).length,
  paper: [...figure.querySelectorAll(".paper svg")].some(shown),
  drawing: [...figure.querySelectorAll("svg")].filter(shown).map((svg) => svg.innerHTML).join(""),
};
