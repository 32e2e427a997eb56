// Lines that are covered until they are asked for: one after the other, by section or all; or their reasons first.
const uncover = (() => {
  const ITEMS = ".lines > .line, .columns > .cell, .flow-line > span, tbody > tr";

  // The given numbers: a line, or a row of a table, whose numbers are all put in and not worked out.
  function isGiven(item, isInput) {
    const numbers = [...item.querySelectorAll("mn[data-of]")];
    const right = item.querySelector(":scope > .right") || item;
    const worked = [...right.querySelectorAll("mi[data-of]")].length > (item.matches("tr") ? 1 : 0);
    return numbers.length > 0 && numbers.every(it => isInput(it.dataset.of)) && (!worked || !item.matches(".line, .cell"));
  }

  // What is one line of a calculation may stand on several of the page.
  function gather(main, isInput) {
    const found = [];
    let heading = null, numbered = 0;
    for (const it of main.querySelectorAll(`h2, h3, ${ITEMS}`)) {
      if (it.matches("h2, h3")) {
        heading = it;
        numbered += it.matches("h2") ? 1 : 0;
      } else if (it.matches(".carried") && found.length && !found.at(-1).given) {
        found.at(-1).parts.push(it);
      } else if (it.textContent.trim() && numbered > 1) {
        const inTable = it.matches("tr");
        const given = isGiven(it, isInput) || (inTable && !it.querySelector("mn[data-of]"));
        found.push({parts: [it], heading, given});
      }
    }
    return found.filter(item => !item.given);
  }

  function start({main, bar, words, isInput}) {
    const items = gather(main, isInput);
    if (!items.length) return;
    const said = bar.querySelector("[data-left]");
    let hintsFirst = false;

    items.forEach((item, number) => {
      const [first] = item.parts;
      const place = first.matches("tr") ? first.lastElementChild : first.querySelector(":scope > .right") || first;
      const relation = place.querySelector(":scope > .relation");
      item.button = document.createElement("button");
      item.button.type = "button";
      item.button.className = "uncover";
      item.button.setAttribute("aria-label", `${words.uncover} ${number + 1}`);
      item.button.addEventListener("click", () => go(item, true));
      // It begins where the covered right side does.
      if (relation) relation.after(item.button);
      else place.prepend(item.button);
      item.reason = item.parts.some(part => part.querySelector(".reason"));
    });

    function show(item, level) {
      item.level = level;
      for (const part of item.parts) {
        part.classList.toggle("covered", level < 2);
        part.classList.toggle("hinted", level === 1);
      }
    }

    // One step further: with hints first the reason, then the line itself.
    function go(item, byHand) {
      show(item, hintsFirst && item.reason && !item.level ? 1 : 2);
      if (byHand && item.level === 2) follow(item);
      tell();
    }

    function follow(item) {
      const after = items.slice(items.indexOf(item) + 1).find(other => other.level < 2);
      if (after) after.button.focus({preventScroll: true});
    }

    function next() {
      const item = items.find(other => other.level < 2);
      if (!item) return;
      go(item, false);
      item.parts[0].scrollIntoView({block: "nearest", behavior: "smooth"});
    }

    function hint() {
      const item = items.find(other => other.level < 2);
      if (!item) return;
      show(item, Math.max(item.level, 1));
      tell();
    }

    function section() {
      const item = items.find(other => other.level < 2);
      if (item) items.filter(other => other.heading === item.heading).forEach(other => show(other, 2));
      tell();
    }

    const all = level => { items.forEach(item => show(item, level)); tell(); };

    function tell() {
      said.textContent = `${items.filter(item => item.level === 2).length} / ${items.length}`;
    }

    const ACTIONS = {
      next, hint, section,
      all: () => all(2),
      cover: () => all(0),
      hints: button => {
        hintsFirst = !hintsFirst;
        button.setAttribute("aria-pressed", hintsFirst);
        if (hintsFirst) items.forEach(item => show(item, Math.max(item.level, item.reason ? 1 : 0)));
        tell();
      },
    };
    for (const button of bar.querySelectorAll("[data-action]")) {
      const action = ACTIONS[button.dataset.action];
      if (action) button.addEventListener("click", () => action(button));
    }
    addEventListener("keydown", event => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
      const button = bar.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (button) { event.preventDefault(); button.click(); }
    });
    all(0);
  }

  return {start};
})();
