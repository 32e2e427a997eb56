// Reads typed expressions, strictly and within limits, and works them out at numbers for their names; nothing is ever run.
const parser = (() => {
  const LONGEST = 2000, DEEPEST = 50;
  const TOKEN = /(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z][A-Za-z0-9_]*)|(\*\*|[<>]=?|[-+*/^(),'[\]])|(\s+)/y;
  const COMPARE = {"<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b, ">=": (a, b) => a >= b};
  const CONSTANTS = {e: Math.E, E: Math.E, pi: Math.PI};
  const WRITTEN_OTHERWISE = {Max: "max", Min: "min", Abs: "abs"};
  const CLOSED = {"(": ")", "[": "]"};
  // 1 where what stands in brackets behind them holds, or is positive; else 0.
  const INDICATORS = new Set(["I", "H", "step", "heaviside", "Theta"]);
  const F = evaluator.FUNCTIONS;
  // What a function with a prime is.
  const DERIVATIVES = {sigmoid: z => F.sigmoid(z) * (1 - F.sigmoid(z)), tanh: z => 1 - F.tanh(z) ** 2, relu: z => (z > 0 ? 1 : 0), exp: F.exp, ln: z => 1 / z, sin: F.cos, cos: z => -F.sin(z)};

  // The longest of the known names that stands at a place; such a name may have a slash, a dot or a step of time in it.
  function nameAt(text, place, names) {
    let longest = "";
    for (const name of names) {
      if (name.length > longest.length && text.startsWith(name, place) && !/\w/.test(text[place + name.length] || "")) longest = name;
    }
    return longest;
  }

  function tokens(text, names) {
    if (text.length > LONGEST) throw new SyntaxError("long");
    const found = [];
    let place = 0;
    while (place < text.length) {
      const known = nameAt(text, place, names);
      TOKEN.lastIndex = place;
      const match = known ? [known, undefined, known] : TOKEN.exec(text);
      if (!match) throw new SyntaxError(text[place]);
      const [whole, number, name, sign] = match;
      place += whole.length;
      if (number !== undefined) found.push({number: Number(number)});
      else if (name !== undefined) found.push({name});
      else if (sign !== undefined) found.push({sign: sign === "**" ? "^" : sign});
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

    const begins = () => { const it = row[place]; return it && (it.number !== undefined || it.name !== undefined || Object.hasOwn(CLOSED, it.sign)); };

    function product() {
      let left = signed();
      while (at("*") || at("/") || begins()) {
        // Behind a name, square brackets hold an index, and there is no array here.
        if (at("[") && row[place - 1].name !== undefined) throw new SyntaxError("[");
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
      if (Object.hasOwn(CLOSED, it.sign ?? "")) return bracket(CLOSED[it.sign]).value;
      if (it.name === undefined) throw new SyntaxError(it.sign);
      if (names.has(it.name)) return at_ => at_[it.name];
      if (INDICATORS.has(it.name) && Object.hasOwn(CLOSED, row[place]?.sign ?? "")) return indicator();
      if (at("'")) return primed(it.name);
      if (it.name === "where" && at("(")) return cases();
      const called = Object.hasOwn(WRITTEN_OTHERWISE, it.name) ? WRITTEN_OTHERWISE[it.name] : it.name;
      if (Object.hasOwn(evaluator.FUNCTIONS, called) && at("(")) {
        const call = evaluator.FUNCTIONS[called], parts = [];
        do { place += 1; parts.push(sum()); } while (at(","));
        take(")");
        if (parts.length !== 1 && call !== Math.max && call !== Math.min) throw new SyntaxError(it.name);
        return at_ => call(...parts.map(part => part(at_)));
      }
      if (Object.hasOwn(CONSTANTS, it.name)) return () => CONSTANTS[it.name];
      throw new SyntaxError(it.name);
    }

    // What stands in brackets up to the closing one; a comparison is 1 where it holds, else 0.
    function bracket(closing) {
      const found = condition();
      take(closing);
      return found;
    }

    function condition() {
      const left = sum(), sign = row[place]?.sign;
      if (!Object.hasOwn(COMPARE, sign ?? "")) return {value: left, compares: false};
      place += 1;
      const right = sum();
      return {value: at_ => (COMPARE[sign](left(at_), right(at_)) ? 1 : 0), compares: true};
    }

    function indicator() {
      const closing = CLOSED[row[place].sign];
      place += 1;
      const {value, compares} = bracket(closing);
      return compares ? value : at_ => (value(at_) > 0 ? 1 : 0);
    }

    // A derivative of a function of one argument: sigmoid'(z)
    function primed(name) {
      if (!Object.hasOwn(DERIVATIVES, name)) throw new SyntaxError("'");
      take("'");
      take("(");
      const argument = sum(), call = DERIVATIVES[name];
      take(")");
      return at_ => call(argument(at_));
    }

    // where(condition, value, otherwise)
    function cases() {
      take("(");
      const {value: holds, compares} = condition();
      if (!compares) throw new SyntaxError("where");
      take(",");
      const value = sum();
      take(",");
      const otherwise = sum();
      take(")");
      return at_ => (holds(at_) ? value(at_) : otherwise(at_));
    }

    const whole = sum();
    if (place < row.length) throw new SyntaxError(row[place].sign || row[place].name || String(row[place].number));
    return whole;
  }

  // The known names that stand in an expression.
  const names = (text, known) => tokens(text, new Set(known)).map(it => it.name).filter(Boolean);

  return {parse, names, nameAt, LONGEST};
})();
