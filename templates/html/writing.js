// How answers are written, as what the parser reads: LaTeX, the names of the sheet, and decimal commas.
const writing = (() => {
  const ROOM = /^\\(?:[,;:!> ]|quad\b|qquad\b|displaystyle\b|left(?![a-z])|right(?![a-z])|[bB]igg?[lr]?(?![a-z]))/;
  const COMMAND = /^\\([A-Za-z]+|.)/;
  const SIGNS = {cdot: "*", times: "*", odot: "*", ast: "*", div: "/", ge: ">=", geq: ">=", le: "<=", leq: "<=", gt: ">", lt: "<", "{": "(", "}": ")"};
  const FUNCTIONS = {sigma: "sigmoid", Theta: "Theta", exp: "exp", ln: "ln", log: "log", tanh: "tanh", sinh: "sinh", cosh: "cosh", sin: "sin", cos: "cos", tan: "tan", max: "max", min: "min"};
  const CHARACTERS = {"σ": "\\sigma ", "·": "*", "⋅": "*", "×": "*", "⊙": "*", "−": "-", "–": "-", "²": "^2", "³": "^3", "√": "\\sqrt "};
  // How the 1 of an indicator is set.
  const BOLD = new Set(["mathbf", "mathbb", "mathbbm", "boldsymbol"]);
  const WORD = /^\\(?:operatorname|mathrm|text|textrm)\s*\{\s*([A-Za-z]+)\s*\}/;

  const bare = latex => latex.replace(/\\[, ]|[\s{}]/g, "");

  // The names of the sheet, without braces and room, and what they are of: also with their indices high first.
  function spellings(written) {
    const found = new Map();
    for (const [latex, id] of Object.entries(written)) {
      const name = bare(latex), parts = /^([^_]+)(_[^^]+)(\^\(.+\))$/.exec(name);
      for (const one of [name, name.replaceAll("\\partial", "d"), ...(parts ? [parts[1] + parts[3] + parts[2]] : [])]) found.set(one, id);
    }
    return [...found].sort(([one], [other]) => other.length - one.length);
  }

  // Where a name ends that begins at a place, whatever braces and room there are in it; 0 where none does.
  function end(text, place, name) {
    let at = place, depth = 0, n = 0;
    const skip = () => {
      for (;;) {
        if (/\s/.test(text[at] || "")) at += 1;
        else if (text[at] === "{") { depth += 1; at += 1; }
        else if (text[at] === "}" && depth) { depth -= 1; at += 1; }
        else if (text.startsWith("\\,", at)) at += 2;
        else return;
      }
    };
    for (; n < name.length; n += 1) {
      if (n) skip();
      if (text[at] !== name[n]) return 0;
      at += 1;
    }
    while (depth && /[\s}]/.test(text[at] || "")) { depth -= text[at] === "}"; at += 1; }
    const last = text[at - 1], next = text[at] || "";
    const goes_on = next === "_" || (/[A-Za-z]/.test(last) && /\w/.test(next)) || (/\d/.test(last) && /\d/.test(next));
    return depth || goes_on ? 0 : at;
  }

  function plain(typed, known, spelled) {
    const text = typed.trim().replace(/^\$+|\$+$/g, "").replace(/\{\s*([-+,])\s*\}/g, (_, sign) => (sign === "," ? "." : sign)).replace(/[^\x00-\x7f]/g, it => CHARACTERS[it] ?? it);
    let place = 0;
    const rest = () => text.slice(place);

    // What a command is of: what stands in braces, or one sign.
    function argument() {
      while (/\s/.test(text[place] || "")) place += 1;
      if (text[place] === "{") { place += 1; return `(${until("}")})`; }
      const digit = /\d/.test(text[place] || "");
      const one = digit ? text[place] : place < text.length ? next() : "";
      place += digit;
      if (!one.trim()) throw new SyntaxError("end");
      return `(${one})`;
    }

    function room() {
      for (let found; (found = /^\s+/.exec(rest()) || ROOM.exec(rest())); ) place += found[0].length;
    }

    // What stands behind a function without brackets, as in \ln y; what it is a power of would not be clear.
    function operand() {
      room();
      if (place >= text.length || "([{^_'".includes(text[place])) return "";
      const found = next();
      room();
      if (text[place] === "^") throw new SyntaxError("^");
      return `(${found})`;
    }

    function command() {
      const word = WORD.exec(rest());
      if (word) { place += word[0].length; return ` ${word[1].toLowerCase()}`; }
      const found = COMMAND.exec(rest());
      if (!found) throw new SyntaxError("\\");
      place += found[0].length;
      const name = found[1];
      if (/^[dt]?frac$/.test(name)) { const over = argument(); return ` (${over}/${argument()})`; }
      if (name === "sqrt") return ` sqrt${argument()}`;
      if (BOLD.has(name)) return ` ${argument()}`;
      if (Object.hasOwn(SIGNS, name)) return SIGNS[name];
      if (Object.hasOwn(FUNCTIONS, name)) return ` ${FUNCTIONS[name]}${operand()}`;
      throw new SyntaxError(name);
    }

    function next() {
      const id = parser.nameAt(text, place, known);
      if (id) { place += id.length; return ` ${id} `; }
      for (const [name, of] of spelled) {
        const at = text[place] === name[0] ? end(text, place, name) : 0;
        if (at) { place = at; return ` ${of} `; }
      }
      if (ROOM.test(rest())) { room(); return " "; }
      if (text[place] === "\\") return command();
      const low = /^1\s*_\s*(?=\{)/.exec(rest());
      if (low) { place += low[0].length; return `1*${argument()}`; }
      const word = /^(?:[A-Za-z]\w*|[\d.]+(?:[eE][-+]?\d+)?)/.exec(rest());
      if (word) { place += word[0].length; return word[0]; }
      const sign = text[place];
      place += 1;
      if (sign === "{") return `(${until("}")})`;
      // Behind a name, square brackets hold an index.
      return sign === "[" && !/[\w)}]\s*$/.test(text.slice(0, place - 1)) ? `(${until("]")})` : sign;
    }

    function until(closing) {
      let found = "";
      while (place < text.length && text[place] !== closing) found += next();
      if (closing && place >= text.length) throw new SyntaxError("end");
      place += 1;
      return found;
    }

    return points(until(""));
  }

  // Decimal commas as points. Behind a function commas set its arguments apart, unless semicolons do.
  function points(text) {
    const opened = [], commas = [], signs = [...text];
    for (let place = 0; place < text.length; place += 1) {
      const sign = text[place];
      if (sign === "(") opened.push({called: /[A-Za-z]\s*$/.test(text.slice(0, place)), semicolons: [], commas: []});
      else if (sign === ")") settle(opened.pop());
      else if (sign === ";") opened.at(-1)?.semicolons.push(place);
      else if (sign === "," && /\d/.test(text[place - 1] || "") && /\d/.test(text[place + 1] || "")) (opened.at(-1)?.commas ?? commas).push(place);
    }
    function settle(bracket) {
      if (!bracket || (bracket.called && !bracket.semicolons.length)) return;
      commas.push(...bracket.commas);
      if (bracket.called) for (const place of bracket.semicolons) signs[place] = ",";
    }
    for (const place of commas) signs[place] = ".";
    return signs.join("");
  }

  return {plain, spellings};
})();
