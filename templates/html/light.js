// What one points at is lit wherever it stands: in the drawings, in the formulas and in the table of symbols; what leads
// from it to the loss is lit in the drawings too.
const light = (() => {
  const SCRIPTED = "msub, msup, msubsup, mover, munder, munderover";

  // A symbol with its indices and accents, from its letter.
  function whole(letter) {
    let it = letter;
    while (it.parentElement?.matches(SCRIPTED) && it.parentElement.firstElementChild === it) it = it.parentElement;
    return it;
  }

  function mark(root) {
    for (const letter of root.querySelectorAll("mi[data-of]")) {
      const symbol = whole(letter);
      if (!symbol.dataset.symbol) symbol.dataset.symbol = letter.dataset.of;
      symbol.classList.add("symbol");
    }
  }

  function start({root, quantities, feeds, open}) {
    mark(root);

    const behind = id => {
      const found = new Set([id]);
      for (const one of found) for (const other of feeds[one] || []) found.add(other);
      return found;
    };

    // The names under which a quantity stands on the page: its own, and those of many at once.
    function names(id) {
      const {role, layer, unit, whole, entries = []} = quantities[id] || {};
      return {exactly: [id], unit, alike: [...(role ? [`~${role}`, `~${role}/${layer}`] : []), ...(whole ? [whole] : []), ...entries]};
    }

    function clear() {
      for (const it of document.querySelectorAll(".lit, .lit-alike, .on-path")) it.classList.remove("lit", "lit-alike", "on-path");
    }

    function show(id) {
      clear();
      if (!id) return;
      const {exactly, unit, alike} = names(id);
      const on = new Set([...behind(id)].flatMap(one => [one, quantities[one]?.unit]));
      const add = (selector, style) => {
        for (const it of document.querySelectorAll(selector)) it.classList.add(style);
      };
      for (const name of exactly) add(`[data-symbol="${CSS.escape(name)}"]`, "lit");
      for (const name of alike) add(`[data-symbol="${CSS.escape(name)}"]`, "lit-alike");
      for (const it of document.querySelectorAll("svg [data-of]")) {
        const ends = it.dataset.of.split(" ");
        if (ends.length === 1 && (ends[0] === id || (unit && ends[0] === unit))) it.classList.add("lit");
        else if (ends.every(end => on.has(end))) it.classList.add("on-path");
      }
      // Weights have their ends in the drawing: those between two units on the way.
      for (const it of document.querySelectorAll("svg [data-of]:not(.unit)")) {
        const of = quantities[it.dataset.of];
        if (of && of.from && on.has(of.from) && on.has(of.to) && of.from !== of.to) it.classList.add("on-path");
      }
      for (const it of document.querySelectorAll(`[data-about="${CSS.escape(id)}"]`)) it.classList.add("lit-alike");
    }

    const of = target => {
      const it = target.closest?.("[data-symbol], svg [data-of]");
      const id = it?.dataset.symbol || it?.dataset.of;
      return id && quantities[id] ? id : id?.includes(" ") ? id.split(" ")[0] : null;
    };
    root.addEventListener("pointerover", event => show(of(event.target)));
    root.addEventListener("pointerleave", clear);
    root.addEventListener("click", event => {
      const id = of(event.target);
      if (id) open(id);
    });
    return {show, clear, mark};
  }

  return {start};
})();
