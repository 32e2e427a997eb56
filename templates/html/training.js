// Training, one step at a time, with the loss of all steps so far in a plot.
const training = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 280, HEIGHT = 110, LEFT = 46, LOW = 18, TOP = 8;

  const shape = (name, attributes, content = "") => {
    const it = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) it.setAttribute(key, value);
    it.textContent = content;
    return it;
  };

  function plot(svg, losses, write) {
    const known = losses.filter(Number.isFinite);
    const most = Math.max(...known), least = Math.min(...known, most > 0 ? 0 : most);
    const across = n => LEFT + (WIDTH - LEFT - 8) * n / Math.max(losses.length - 1, 1);
    const up = loss => TOP + (HEIGHT - TOP - LOW) * (most === least ? 0.5 : (most - loss) / (most - least));
    const points = losses.map((loss, n) => [across(n), up(loss)]).filter(([, y]) => Number.isFinite(y));
    svg.replaceChildren(
      shape("line", {class: "axis line", x1: LEFT, y1: HEIGHT - LOW, x2: WIDTH - 8, y2: HEIGHT - LOW}),
      shape("line", {class: "axis line", x1: LEFT, y1: TOP, x2: LEFT, y2: HEIGHT - LOW}),
      shape("text", {x: LEFT - 4, y: TOP + 8, "text-anchor": "end"}, write(most)),
      shape("text", {x: LEFT - 4, y: HEIGHT - LOW, "text-anchor": "end"}, write(least)),
      shape("text", {x: LEFT, y: HEIGHT - 4}, "0"),
      shape("text", {x: WIDTH - 8, y: HEIGHT - 4, "text-anchor": "end"}, String(losses.length - 1)),
      shape("polyline", {class: "curve1 line", points: points.map(point => point.map(at => at.toFixed(1)).join()).join(" ")}),
      ...points.slice(-1).map(([x, y]) => shape("circle", {class: "now", cx: x, cy: y, r: 3})),
    );
  }

  function start({panel, exercise, data, words, write}) {
    const svg = panel.querySelector("svg"), said = panel.querySelector("[data-said]");
    const rows = [...panel.querySelectorAll("[data-parameter]")];
    const most = data.most_steps;
    let made = 0;

    function refresh() {
      const losses = Array.from({length: made + 1}, (_, n) => exercise.at(n).loss);
      plot(svg, losses, value => write(value, 3));
      said.textContent = words.made.replace("{steps}", made).replace("{loss}", write(losses.at(-1)));
      for (const row of rows) row.textContent = write(exercise.read(["parameter", made, row.dataset.parameter]));
      for (const button of panel.querySelectorAll("[data-steps]")) button.disabled = made >= most;
    }

    for (const button of panel.querySelectorAll("[data-steps]")) {
      button.addEventListener("click", () => { made = Math.min(made + Number(button.dataset.steps), most); refresh(); });
    }
    panel.querySelector("[data-back]").addEventListener("click", () => { made = 0; refresh(); });
    refresh();
    return {refresh};
  }

  return {start};
})();
