// The numbers of a sheet, each of which follows when another is changed.
const numbers = (() => {
  const MATHS = "http://www.w3.org/1998/Math/MathML";
  const element = (name, content = "", attributes = {}) => {
    const it = document.createElementNS(MATHS, name);
    it.textContent = content;
    for (const [key, value] of Object.entries(attributes)) it.setAttribute(key, value);
    return it;
  };
  const isMinus = it => it?.localName === "mo" && it.textContent === "−" && it.getAttribute("form") === "prefix";
  const isTimes = it => it?.localName === "mo" && it.textContent === "×";
  const isPower = it => it?.localName === "msup" && it.firstElementChild.textContent === "10";

  // A number with its sign and its power of ten, as one element.
  function group(digits) {
    const base = isPower(digits.parentElement) && digits.parentElement.firstElementChild === digits ? digits.parentElement : digits;
    const parts = [base];
    if (isMinus(base.previousElementSibling)) parts.unshift(base.previousElementSibling);
    const times = base.nextElementSibling;
    if (base === digits && isTimes(times) && isPower(times.nextElementSibling)) parts.push(times, times.nextElementSibling);
    const whole = element("mrow");
    parts[0].before(whole);
    whole.append(...parts);
    whole.dataset.at = digits.dataset.of;
    return whole;
  }

  const SMALLEST = -6; // The power of ten down to which there are decimals in a table.
  const OPENING = new Set(["=", "≈", "(", "[", ",", ";", "{", "|"]);
  function needsBrackets(it) {
    const before = it.previousElementSibling;
    if (before) return !(before.localName === "mo" && OPENING.has(before.textContent)) && before.localName !== "mspace";
    return it.parentElement.localName === "msup";
  }

  function rewritten(all, brackets, inTable, mark) {
    const parts = [];
    // In a table small numbers are all written in decimals.
    const found = inTable && all.exponent < 0 && all.exponent >= SMALLEST ? {...all, text: figures.small(all), exponent: null} : all;
    if (found.negative) parts.push(element("mo", "−", {form: "prefix"}));
    if (found.exponent === null || found.text !== "1") parts.push(element("mn", found.text.replace(".", mark)));
    if (found.exponent !== null) {
      if (found.text !== "1") parts.push(element("mo", "×"));
      const power = element("msup"), exponent = element("mrow");
      if (found.exponent < 0) exponent.append(element("mo", "−", {form: "prefix"}));
      exponent.append(element("mn", String(Math.abs(found.exponent))));
      power.append(element("mn", "10"), exponent);
      parts.push(power);
    }
    if (!found.negative || !brackets) return parts;
    return [element("mo", "(", {stretchy: "false"}), ...parts, element("mo", ")", {stretchy: "false"})];
  }

  // The exercises of all parts, which have the same inputs and parameters, and the formulas of the sheet.
  function model({parts, form}) {
    const round = value => figures.shownValue(value, form);
    const made = parts.map(part => ({
      exercises: Object.fromEntries(Object.entries(part.exercises).map(([kind, data]) => [kind, evaluator.exercise(data, kind === "paper" ? round : undefined)])),
      formulas: part.formulas.map(one => ({...one, work: evaluator.lines(one.program, round)})),
    }));
    const every = made.flatMap(part => Object.values(part.exercises));
    function read(place) {
      const [part, kind, ...words] = place.split(" ");
      const of = made[Number(part)];
      if (kind !== "formula") return of.exercises[kind].read(words);
      const formula = of.formulas[Number(words[0])];
      return formula.work(formula.places.map(read)).result;
    }
    return {parts: made, every, first: every[0], read};
  }

  // Whether a number is given: a parameter, an input or a target before any training.
  const givenIn = ({inputs}) => {
    const ids = new Set(inputs.map(it => it.id));
    return place => {
      const [, , kind, made, ...words] = place.split(" ");
      return made === "0" && (kind === "parameter" || (kind === "value" && ids.has(words.at(-1))));
    };
  };

  function start({root, data, exercises, words}) {
    const places = [];
    const take = within => {
      for (const digits of within.querySelectorAll("mn[data-of]")) {
        const it = group(digits);
        places.push({it, place: it.dataset.at, before: [...it.childNodes]});
        digits.removeAttribute("data-of");
      }
    };
    take(root);
    // Plots and notes behind the first number were made for the numbers that are given, and do not follow.
    const isBehind = it => places.length && places[0].it.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_FOLLOWING;
    for (const it of root.querySelectorAll("figure, .note")) {
      if (isBehind(it) && !it.querySelector("[data-at]")) it.classList.add("at-first");
    }
    const isGiven = givenIn(data);
    // On paper, what is worked out has all the digits that rounding leaves.
    const show = place => {
      const value = exercises.read(place), kind = place.split(" ")[1];
      const form = data.forms[kind] || data.form;
      return Number.isFinite(value) ? figures.written(value, form, kind === "paper" && !isGiven(place)) : null;
    };
    const key = found => (found ? `${found.negative}${found.text}e${found.exponent}` : "");
    const initial = new Map(places.map(({place}) => [place, key(show(place))]));

    function refresh() {
      let changed = 0;
      for (const {it, place, before} of places) {
        const found = show(place);
        if (!initial.has(place)) initial.set(place, key(found));
        const same = key(found) === initial.get(place);
        if (same && it.dataset.changed) it.replaceChildren(...before);
        else if (!same) it.replaceChildren(...(found ? rewritten(found, needsBrackets(it), it.closest("td, mtd") !== null, data.mark) : [element("mtext", words.no_value)]));
        if (same) delete it.dataset.changed;
        else { it.dataset.changed = "yes"; changed += 1; }
      }
      document.body.classList.toggle("changed", changed > 0);
    }
    return {refresh, take};
  }

  return {model, start, givenIn};
})();
