// Reads typed expressions, strictly and within limits, and works them out at numbers for their names; nothing is ever run.
const parser = (() => {
  const LONGEST = 2000, DEEPEST = 50;
  const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z][A-Za-z0-9_]*(?:\/d[A-Za-z][A-Za-z0-9_]*)?'?)|(\*\*|[-+*/^(),]))/y;
  const CONSTANTS = {e: Math.E, pi: Math.PI};

  function tokens(text, names) {
    if (text.length > LONGEST) throw new SyntaxError("long");
    const plain = text.replace(/[−–]/g, "-").replace(/[·×]/g, "*").trim();
    const found = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < plain.length) {
      const start = TOKEN.lastIndex, match = TOKEN.exec(plain);
      if (!match) throw new SyntaxError(plain[start]);
      let [, number, name, sign] = match;
      // A slash within a name is part of it only where that is a derivative that is known.
      if (name && name.includes("/") && !names.has(name)) {
        const slash = match[0].indexOf("/");
        TOKEN.lastIndex = start + slash;
        name = name.slice(0, name.indexOf("/"));
      }
      found.push(number !== undefined ? {number: Number(number)} : name !== undefined ? {name} : {sign: sign === "**" ? "^" : sign});
    }
    return found;
  }

  // The expression as a function of numbers by name. Names that nobody knows are an error.
  function parse(text, known) {
    const names = new Set(known), row = tokens(text, names);
    let place = 0, depth = 0;
    const at = sign => row[place]?.sign === sign;
    const take = sign => { if (!at(sign)) throw new SyntaxError(row[place] ? "" : "end"); place += 1; };

    function sum() {
      if ((depth += 1) > DEEPEST) throw new SyntaxError("deep");
      let left = product();
      while (at("+") || at("-")) {
        const minus = at("-"), before = left;
        place += 1;
        const right = product();
        left = minus ? at_ => before(at_) - right(at_) : at_ => before(at_) + right(at_);
      }
      depth -= 1;
      return left;
    }

    const begins = () => { const it = row[place]; return it && (it.number !== undefined || it.name !== undefined || it.sign === "("); };

    function product() {
      let left = signed();
      while (at("*") || at("/") || begins()) {
        const over = at("/"), before = left;
        if (at("*") || at("/")) place += 1;
        const right = signed();
        left = over ? at_ => before(at_) / right(at_) : at_ => before(at_) * right(at_);
      }
      return left;
    }

    function signed() {
      if (!at("-") && !at("+")) return power();
      if ((depth += 1) > DEEPEST) throw new SyntaxError("deep");
      const minus = at("-");
      place += 1;
      const right = signed();
      depth -= 1;
      return minus ? at_ => -right(at_) : right;
    }

    function power() {
      const base = atom();
      if (!at("^")) return base;
      place += 1;
      if ((depth += 1) > DEEPEST) throw new SyntaxError("deep");
      const exponent = signed();
      depth -= 1;
      return at_ => evaluator.power(base(at_), exponent(at_));
    }

    function atom() {
      const it = row[place];
      if (!it) throw new SyntaxError("end");
      place += 1;
      if (it.number !== undefined) return () => it.number;
      if (it.sign === "(") {
        const inner = sum();
        take(")");
        return inner;
      }
      if (it.name === undefined) throw new SyntaxError(it.sign);
      if (names.has(it.name)) return at_ => at_[it.name];
      if (Object.hasOwn(evaluator.FUNCTIONS, it.name) && at("(")) {
        const call = evaluator.FUNCTIONS[it.name], parts = [];
        do { place += 1; parts.push(sum()); } while (at(","));
        take(")");
        if (parts.length !== 1 && call !== Math.max && call !== Math.min) throw new SyntaxError(it.name);
        return at_ => call(...parts.map(part => part(at_)));
      }
      if (Object.hasOwn(CONSTANTS, it.name)) return () => CONSTANTS[it.name];
      throw new SyntaxError(it.name);
    }

    const whole = sum();
    if (place < row.length) throw new SyntaxError(row[place].sign || row[place].name || String(row[place].number));
    return whole;
  }

  return {parse};
})();
