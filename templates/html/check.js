// Marks typed answers by what was worked out beforehand: numbers by the digits that they have, expressions at random points.
const check = (() => {
  const NUMBER = /^\s*([-+−]?)(\d*)(?:[.,](\d*))?(?:(?:[eE]|\s*[*×·]\s*10\s*\^\s*\(?)([-+−]?\d+)\)?)?\s*$/;
  const SAME = 1e-9, FEWEST = 3, ONE_DIGIT = 10, LONGEST = 100;
  const isClose = (one, other) => Math.abs(one - other) <= SAME * Math.max(Math.abs(one), Math.abs(other));

  // A number as it is typed: its value, and the unit of its last digit; null for anything else.
  function number(typed) {
    const found = typed.length <= LONGEST && NUMBER.exec(typed);
    if (!found || !(found[2] || found[3])) return null;
    const [, sign, whole, decimals = "", exponent = "0"] = found;
    const power = Number(exponent.replace("−", "-"));
    const value = Number(`${sign === "-" || sign === "−" ? "-" : ""}${whole || "0"}.${decimals}e${power}`);
    return Number.isFinite(value) ? {value, unit: 10 ** (power - decimals.length)} : null;
  }

  const within = ([middle, reach], value) => Math.abs(value - middle) <= reach * (1 + SAME) + Number.EPSILON * Math.abs(middle);

  // The verdict on a number: what kind it is of, and what there is to say.
  function markNumber(item, {value, unit}, byDigits) {
    const right = item.value;
    if (value === right || (right !== 0 && isClose(value, right))) return {kind: "correct"};
    if (byDigits && Math.abs(value - right) <= unit / 2 * (1 + SAME)) {
      return {kind: value === 0 || (unit >= 1 && Math.abs(value) < ONE_DIGIT) ? "few_digits" : "correct"};
    }
    if (item.accepted.some(band => within(band, value))) return {kind: "correct"};
    const named = item.mistakes.find(([middle, reach]) => within([middle, reach], value));
    return {kind: "incorrect", says: named ? named[2] : ""};
  }

  // The numbers of all names at the points of a part.
  function places(comparison) {
    const program = evaluator.bind(comparison.sample.program);
    return comparison.points.map(row => {
      const slots = program.start(row);
      program.run(slots, "forward");
      program.run(slots, "backward");
      const read = {
        leaf: id => row[comparison.leaves.indexOf(id)],
        node: id => slots[comparison.sample.nodes[id]],
        adjoint: id => (id === comparison.loss ? 1 : slots[comparison.sample.adjoints[id]]),
        gradient: id => slots[comparison.sample.gradients[id]],
      };
      return Object.fromEntries(Object.entries(comparison.names).map(([name, [kind, id]]) => [name, read[kind](id)]));
    });
  }

  // An expression agrees with another where both have the same value wherever they have one.
  function agrees(typed, known) {
    let met = 0;
    for (const [n, value] of typed.entries()) {
      if (!Number.isFinite(value) || !Number.isFinite(known[n])) continue;
      if (!isClose(value, known[n]) && Math.abs(value - known[n]) > 1e-12) return false;
      met += 1;
    }
    return met >= FEWEST;
  }

  function markExpression(item, work, points) {
    const typed = points.map(work);
    const program = evaluator.lines(item.program);
    const all = points.map(point => program(item.leaves.map(name => point[name])));
    if (agrees(typed, all.map(row => row.right))) return {kind: "correct"};
    const wrong = item.says.findIndex((_, n) => agrees(typed, all.map(row => row[`wrong${n}`])));
    return {kind: "incorrect", says: wrong < 0 ? "" : item.says[wrong]};
  }

  // What marks the answers of a page, from its data; numbers are those of one of its draws.
  function marker(data) {
    const known = data.comparisons.map(comparison => (
      {...comparison, ids: Object.keys(comparison.names), spelled: writing.spellings(comparison.written), at: null}
    ));
    const at = part => (known[part].at ??= places(known[part]));
    return (id, typed, draw = 0) => {
      const space = id.indexOf(" "), part = Number(id.slice(0, space)), name = id.slice(space + 1);
      const item = data.numbers[draw][id], {expressions, ids, spelled} = known[part], expression = expressions[name];
      const plain = number(typed);
      if (plain && item) return markNumber(item, plain, data.by_digits);
      let work, text;
      try {
        if (typed.length > parser.LONGEST) throw new SyntaxError("long");
        text = writing.plain(typed, ids, spelled);
        work = parser.parse(text, ids);
      } catch (error) {
        if (error instanceof SyntaxError) return {kind: "unreadable"};
        throw error;
      }
      const cited = expression?.not.find(other => parser.names(text, ids).includes(other));
      if (cited) return {kind: "incorrect", cites: cited};
      const fixed = work({});
      if (Number.isFinite(fixed) && item) return markNumber(item, {value: fixed, unit: 0}, data.by_digits);
      return expression ? markExpression(expression, work, at(part)) : {kind: "incorrect", says: ""};
    };
  }

  function start({data, bar, words, fill}) {
    const main = document.querySelector("main"), said = bar.querySelector("[data-left]");
    const mark = marker(data);
    let draw = 0;

    function tell(label) {
      const input = label.querySelector("input"), output = label.querySelector("output");
      const found = input.value.trim() ? mark(label.dataset.answer, input.value, draw) : null;
      label.dataset.verdict = found ? found.kind : "";
      output.className = `verdict ${!found ? "" : found.kind === "correct" ? "is-correct" : "is-incorrect"}`;
      output.textContent = !found ? "" : found.cites ? fill(words.cites, {name: found.cites}) : words[found.kind];
      if (found?.says) output.insertAdjacentHTML("beforeend", ` ${found.says}`);
    }

    // The fields of a question stand behind its room to write, before the next question.
    function placed() {
      for (const field of main.querySelectorAll(".self-check")) {
        let last = field;
        while (last.nextElementSibling && !last.nextElementSibling.matches(".question, .part, h2, h3")) last = last.nextElementSibling;
        last.after(field);
      }
    }

    // An id may be asked for more than once, and earns its marks once.
    function total() {
      const earned = new Map();
      for (const {dataset: {answer, verdict}} of main.querySelectorAll("[data-answer]")) {
        earned.set(answer, earned.get(answer) || verdict === "correct");
      }
      const sum = ids => ids.reduce((all, id) => all + fraction(data.marks[id]), 0);
      const write = value => String(Math.round(value * 100) / 100).replace(".", data.mark);
      const ids = [...earned.keys()];
      said.textContent = fill(words.marks, {marks: write(sum(ids.filter(id => earned.get(id)))), total: write(sum(ids))});
    }

    const fraction = text => { const [over, under = "1"] = text.split("/"); return Number(over) / Number(under); };

    const every = () => { main.querySelectorAll("[data-answer]").forEach(tell); total(); };
    main.addEventListener("change", event => {
      const label = event.target.closest("[data-answer]");
      if (label) { tell(label); total(); }
    });
    bar.querySelector('[data-action="check"]').addEventListener("click", every);
    bar.querySelector('[data-action="draw"]')?.addEventListener("click", () => {
      draw = (draw + 1) % data.numbers.length;
      const template = document.querySelector(`template[data-of="draw ${draw}"]`);
      const tools = main.querySelector(".tools");
      main.replaceChildren(...(tools ? [tools] : []), template.content.cloneNode(true));
      placed();
      total();
    });
    placed();
    total();
    return {mark: (id, typed) => mark(id, typed, draw)};
  }

  return {start, marker, number};
})();
