// Starts what the page has: covered lines, lights, numbers, training, fields for answers.
const learn = (() => {
  const fill = (template, slots) => template.replace(/\{(\w+)\}/g, (whole, name) => slots[name] ?? whole);

  // The drawer at the side, or below where there is little room: one of its panels at a time.
  function drawer(bar, words) {
    const it = document.getElementById("learn-drawer");
    const body = it.querySelector("[data-body]");
    let opener = null;
    function show(name, from) {
      for (const panel of it.querySelectorAll("[data-panel]")) panel.hidden = panel.dataset.panel !== name;
      it.hidden = !name;
      document.body.classList.toggle("with-drawer", Boolean(name));
      for (const button of bar.querySelectorAll("[data-opens]")) button.setAttribute("aria-expanded", button.dataset.opens === name);
      if (name) opener = from || opener;
      else if (opener) opener.focus();
    }
    it.querySelector("[data-close]").addEventListener("click", () => show(null));
    addEventListener("keydown", event => { if (event.key === "Escape" && !it.hidden) show(null); });
    for (const button of bar.querySelectorAll("[data-opens]")) {
      button.addEventListener("click", () => show(button.getAttribute("aria-expanded") === "true" ? null : button.dataset.opens, button));
    }
    return {it, body, show, words};
  }

  // The derivation of a quantity, which stands in the page as a template.
  function derivations({side, data, lit, live}) {
    const panel = side.it.querySelector('[data-panel="derivation"]');
    const place = panel.querySelector("[data-derivation]");
    const templates = new Map([...document.querySelectorAll("template[data-of]")].map(it => [it.dataset.of, it]));
    const buttons = [...panel.querySelectorAll("[data-quantity]")];
    // Of an array, the derivation of its first entry that has one is opened.
    const source = id => (templates.has(id) ? id : (data.quantities[id]?.entries || []).map(source).find(Boolean) ?? null);
    function open(id) {
      const name = source(id);
      if (!name) return;
      side.show("derivation");
      place.replaceChildren(templates.get(name).content.cloneNode(true));
      lit()?.mark(place);
      live()?.take(place);
      live()?.refresh();
      lit()?.show(id);
      for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.quantity === name);
    }
    for (const button of buttons) {
      button.addEventListener("click", () => open(button.dataset.quantity));
      button.addEventListener("focus", () => lit()?.show(button.dataset.quantity));
      button.addEventListener("pointerenter", () => lit()?.show(button.dataset.quantity));
    }
    return open;
  }

  // The fields in which numbers are changed.
  function fields({panel, exercises, data, changed}) {
    const inputs = [...panel.querySelectorAll("input[data-set]")];
    const of = {
      parameter: ([id]) => [() => exercises.first.numbers.parameters[exercises.first.data.parameters.indexOf(id)], value => exercises.every.forEach(one => one.setParameter(id, value))],
      value: ([n, id]) => [() => exercises.first.numbers.rows[n][exercises.first.data.inputs.indexOf(id)], value => exercises.every.forEach(one => one.setInput(Number(n), id, value))],
      constant: ([id]) => [() => exercises.first.numbers.constants[exercises.first.data.constants.indexOf(id)], value => exercises.every.forEach(one => one.setConstant(id, value))],
      rate: () => [() => exercises.first.rate(), value => exercises.every.forEach(one => one.setRate(value))],
    };
    const read = () => {
      for (const {input, get} of all) {
        input.value = String(get()).replace(".", data.mark);
        input.removeAttribute("aria-invalid");
      }
    };
    const all = inputs.map(input => {
      const [kind, ...words] = input.dataset.set.split(" ");
      const [get, set] = of[kind](words);
      input.addEventListener("input", () => {
        const value = figures.typed(input.value);
        const usable = Number.isFinite(value) && (kind !== "rate" || value > 0);
        input.setAttribute("aria-invalid", !usable);
        if (!usable) return;
        set(value);
        changed();
      });
      return {input, get};
    });
    read();
    return read;
  }

  function kinks(panel, exercises, data, words) {
    const found = exercises.first.kinks(0);
    const several = exercises.first.numbers.rows.length > 1;
    const said = found.map(([n, id]) => fill(several && n !== null ? words.kink_in_sample : words.kink, {node: data.quantities[id]?.plain || id, sample: n + 1}));
    panel.textContent = said.length ? said.join(" ") : words.no_kink;
  }

  function start() {
    const data = JSON.parse(document.getElementById("symnet-data").textContent);
    const {words} = data, main = document.querySelector("main");
    const bar = document.getElementById("learn-bar");
    document.body.classList.add("learning");
    bar.hidden = false;
    if (data.page === "worksheet") return check.start({data, bar, words, fill});
    const side = drawer(bar, words);
    let lit = null, live = null;
    uncover.start({main, bar, words, isInput: numbers.givenIn(data)});
    const open = derivations({side, data, lit: () => lit, live: () => live});
    lit = light.start({root: document.body, quantities: data.quantities, feeds: data.feeds, open});
    if (data.parts.every(part => !Object.keys(part.exercises).length)) return undefined;
    const exercises = numbers.model(data);
    live = numbers.start({root: main, data, exercises, words});
    const panel = side.it.querySelector('[data-panel="numbers"]');
    const write = (value, significant) => figures.text(value, significant ? {...data.form, significant} : data.form, data.mark) ?? words.no_value;
    const trained = exercises.first.data.training && training.start({
      panel: side.it.querySelector('[data-panel="training"]'), exercise: exercises.first, data, words, write,
    });
    const outcome = panel.querySelector("[data-loss]");
    function changed() {
      live.refresh();
      outcome.textContent = exercises.every.map(one => write(one.at(0).loss)).join("; ");
      kinks(panel.querySelector("[data-kinks]"), exercises, data, words);
      trained?.refresh();
    }
    const read = fields({panel, exercises, data, changed});
    panel.querySelector("[data-reset]").addEventListener("click", () => {
      exercises.every.forEach(one => one.reset());
      read();
      changed();
    });
    const draw = panel.querySelector("[data-draw]");
    let drawn = 0;
    draw?.addEventListener("click", () => {
      const {parameters, rows, rate} = data.drawn[drawn % data.drawn.length];
      drawn += 1;
      for (const one of exercises.every) {
        one.data.parameters.forEach((id, n) => one.setParameter(id, parameters[n]));
        rows.forEach((row, n) => row.forEach((value, place) => one.setInput(n, one.data.inputs[place], value)));
        if (rate) one.setRate(rate);
      }
      read();
      changed();
    });
    changed();
    return {exercises, live, read, changed};
  }

  return {start, fill};
})();
if (typeof document !== "undefined") document.symnet = learn.start();
