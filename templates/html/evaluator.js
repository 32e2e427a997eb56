// Runs the programs of an exercise in floats. What each operation does stands in one table; a number that has no value,
// or is not needed, is NaN. Slot 0 of a program is unused here.
const evaluator = (() => {
  const ROUNDING = 4e-16; // A sum this small beside its terms is what rounding leaves of 0.
  const COMPARE = {">": (a, b) => a > b, ">=": (a, b) => a >= b, "<": (a, b) => a < b, "<=": (a, b) => a <= b};

  function sum(slots, places) {
    let total = 0, largest = 0;
    for (let n = 0; n < places.length; n += 2) {
      const first = slots[places[n]];
      if (first === 0) continue;
      const term = first * slots[places[n + 1]];
      const size = Math.abs(term);
      if (size > largest) largest = size;
      total += term;
    }
    return Math.abs(total) <= ROUNDING * largest && largest < Infinity ? 0 : total;
  }

  function product(slots, places) {
    let found = slots[places[0]];
    for (let n = 1; n < places.length && found !== 0; n += 1) found *= slots[places[n]];
    return found;
  }

  function power(base, exponent) {
    if (exponent === 0) return 1;
    return base === 0 && exponent < 0 ? NaN : base ** exponent;
  }

  // All terms are positive, so that none cancels another.
  function erf(x) {
    if (Math.abs(x) > 6) return Math.sign(x);
    let term = x, total = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n += 1) {
      term *= 2 * x * x / (2 * n + 1);
      total += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * total;
  }

  const log = x => (x > 0 ? Math.log(x) : NaN);
  const root = x => (x < 0 ? NaN : Math.sqrt(x));
  const sigmoid = x => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

  // The functions of one number or several, by the names that expressions have for them.
  const FUNCTIONS = {
    exp: Math.exp, ln: log, log, log2: x => log(x) / Math.LN2, log10: x => log(x) / Math.LN10, sqrt: root,
    sin: Math.sin, cos: Math.cos, tan: Math.tan, sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, sigmoid,
    relu: x => (x > 0 ? x : 0 * x), max: Math.max, min: Math.min, abs: Math.abs, sign: Math.sign, erf,
  };

  const of = name => (slots, places) => FUNCTIONS[name](...places.map(place => slots[place]));

  const OPERATIONS = {
    NUMBER: (slots, places, detail) => detail,
    SUM: sum,
    PRODUCT: product,
    QUOTIENT: (slots, [over, under]) => (slots[over] === 0 ? 0 : slots[under] === 0 ? NaN : slots[over] / slots[under]),
    POWER: (slots, [base, exponent]) => power(slots[base], slots[exponent]),
    ROOT: of("sqrt"),
    EXP: of("exp"),
    LOG: of("ln"),
    LOG_NEAR_ONE: (slots, [little, whole]) => (Math.abs(slots[little]) < 0.5 ? Math.log1p(slots[little]) : log(slots[whole])),
    TANH: (slots, [x]) => Math.tanh(slots[x]),
    SINH: of("sinh"),
    COSH: of("cosh"),
    SIN: of("sin"),
    COS: of("cos"),
    TAN: of("tan"),
    ERF: of("erf"),
    ABS: of("abs"),
    SIGN: of("sign"),
    MAXIMUM: of("max"),
    MINIMUM: of("min"),
    POSITIVE: (slots, [x]) => (Number.isNaN(slots[x]) ? NaN : Number(slots[x] > 0)),
    BRANCH: (slots, [test, above, below]) => (Number.isNaN(slots[test]) ? NaN : slots[slots[test] > 0 ? above : below]),
    CONTEST: (slots, [own, ...others], signs) => (
      [own, ...others].some(place => Number.isNaN(slots[place])) ? NaN
        : Number(others.every((place, n) => COMPARE[signs[n]](slots[own], slots[place])))
    ),
    FUNCTION: (slots, places, name) => of(name)(slots, places),
    ERROR: (slots, [plain, target, ...gaps], bounds) => {
      const place = bounds.indexOf(slots[target]);
      return place < 0 ? slots[plain] : bounds[place] > 0 ? -slots[gaps[place]] : slots[gaps[place]];
    },
    SHOWN: (slots, [plain], detail, round) => round(slots[plain]),
  };

  // A program that can be run: from its plain data, and how a sheet rounds what it shows.
  function bind(data, round = x => x) {
    const row = data.code.map(entry => entry && [OPERATIONS[data.names[entry[0]]], entry[1], entry[2]]);
    return {
      results: data.results || {},
      parts: data.parts,
      start(leaves) {
        const slots = new Array(data.first + row.length).fill(NaN);
        leaves.forEach((number, n) => { slots[n + 1] = number; });
        return slots;
      },
      run(slots, part) {
        const [begin, end] = data.parts[part];
        for (let place = begin; place < end; place += 1) {
          const entry = row[place - data.first];
          if (entry) slots[place] = entry[0](slots, entry[1], entry[2], round);
        }
        return slots;
      },
    };
  }

  // What the lines of a program come to, by name.
  function lines(data, round) {
    const program = bind(data, round);
    return leaves => {
      const slots = program.run(program.start(leaves), "lines");
      return Object.fromEntries(Object.entries(program.results).map(([name, place]) => [name, slots[place]]));
    };
  }

  // An exercise: its numbers at the start and after each training step, worked out when they are asked for.
  function exercise(data, round) {
    const sample = bind(data.sample.program, round);
    const penalty = data.penalty && bind(data.penalty.program, round);
    const objective = Object.fromEntries(Object.entries(data.objective || {}).map(([key, one]) => [key, bind(one, round)]));
    const training = data.training && trainer(data.training, round);
    const numbers = structuredClone(data.numbers);
    const everything = numbers.rows.map((_, n) => n);
    const counted = data.counted && lines(data.counted, round);
    let points = [];

    // What the values of the samples of a batch come to, with what the penalty adds.
    function together(values, batch, more) {
      if (!data.objective) return values[0];
      const program = objective[`${values.length}${more === undefined ? "" : "+"}`];
      const counts = counted ? batch.map(n => counted(numbers.rows[n]).counted) : [];
      const slots = program.start([...values, ...counts, ...(more === undefined ? [] : [more])]);
      return program.run(slots, "objective")[program.results.objective];
    }

    function point(parameters) {
      const fixed = [...parameters, ...numbers.constants];
      const samples = numbers.rows.map(row => sample.run(sample.start([...fixed, ...row]), "forward"));
      const losses = samples.map(slots => slots[data.sample.nodes[data.loss]]);
      const dataLoss = together(losses, everything);
      const found = {parameters, samples, dataLoss, loss: dataLoss, gradients: new Map(), back: new Set()};
      if (penalty) {
        found.penalty = penalty.run(penalty.start(fixed), "forward");
        penalty.run(found.penalty, "backward");
        const last = Object.values(data.penalty.nodes).at(-1);
        found.loss = together(losses, everything, found.penalty[last]);
      }
      return found;
    }

    function back(at, n) {
      if (!at.back.has(n)) sample.run(at.samples[n], "backward");
      at.back.add(n);
      return at.samples[n];
    }

    function gradients(at, batch) {
      const key = batch.join();
      if (!at.gradients.has(key)) {
        const rows = batch.map(n => back(at, n));
        const added = at.penalty && (id => at.penalty[data.penalty.gradients[id]]);
        at.gradients.set(key, data.parameters.map(id => {
          const column = rows.map(slots => slots[data.sample.gradients[id]]);
          return data.objective ? together(column, batch, added ? added(id) || 0 : undefined) : column[0];
        }));
      }
      return at.gradients.get(key);
    }

    // The second derivatives of the objective over a batch, row by row; null where training takes none.
    function hessian(here, batch) {
      const own = training.newton;
      if (!own) return null;
      const rows = batch.map(n => own.ofSample(here.samples[n]));
      const added = here.penalty && own.ofPenalty(here.samples[0]);
      const upper = own.pairs.map(pair => {
        const column = rows.map(row => row[pair]);
        return data.objective ? together(column, batch, added ? added[pair] : undefined) : column[0];
      });
      return own.matrix(upper);
    }

    // The point after so many training steps, with the step that leads on from it.
    function at(made) {
      if (!points.length) points.push(point(numbers.parameters));
      while (points.length <= made) {
        const number = points.length, before = points[number - 1];
        step(number - 1);
        points.push(point(before.move.after));
      }
      return points[made];
    }

    function step(made) {
      const here = at(made);
      if (!here.move) {
        const states = made ? at(made - 1).move.states : data.training.states;
        here.batch = training.batch(made) || everything;
        const second = hessian(here, here.batch);
        here.move = training.move(made, here.parameters, gradients(here, here.batch), states, second);
      }
      return here.move;
    }

    // The nodes that lie on a kink at so many steps: where a switch is 0.
    function kinks(made) {
      const here = at(made), found = [];
      const look = (slots, pass, program, n) => {
        program.run(slots, "switches");
        for (const [id, place] of pass.switches) if (slots[place] === 0) found.push([n, id]);
      };
      here.samples.forEach((slots, n) => look(slots, data.sample, sample, n));
      if (penalty) look(here.penalty, data.penalty, penalty, null);
      return [...new Map(found.map(one => [one.join(), one])).values()];
    }

    const READERS = {
      parameter: (made, id) => at(made).parameters[data.parameters.indexOf(id)],
      value: (made, n, id) => {
        const here = at(made), input = data.inputs.indexOf(id), parameter = data.parameters.indexOf(id);
        if (input >= 0) return numbers.rows[n][input];
        return parameter >= 0 ? here.parameters[parameter] : here.samples[n][data.sample.nodes[id]];
      },
      adjoint: (made, n, id) => back(at(made), Number(n))[data.sample.adjoints[id]],
      sample: (made, n, id) => back(at(made), Number(n))[data.sample.gradients[id]],
      penalty: (made, id) => at(made).penalty[data.penalty.nodes[id]],
      data_loss: made => at(made).dataLoss,
      loss: made => at(made).loss,
      start: (made, id) => gradients(at(made), everything)[data.parameters.indexOf(id)],
      rate: made => step(made).rate,
      gradient: (made, id) => (step(made), gradients(at(made), at(made).batch)[data.parameters.indexOf(id)]),
      clipped: (made, id) => step(made).clipped[data.training.places.indexOf(data.parameters.indexOf(id))],
      hessian: (made, row, column) => step(made).system.hessian[row][column],
      damped: (made, row, column) => step(made).system.matrix[row][column],
      determinant: made => step(made).system.determinant,
      stage: (made, column, row, place) => step(made).system.stages[column][row][place],
      direction: (made, row) => step(made).system.solution[row],
      state: (made, name, id) => step(made).states[name][data.training.places.indexOf(data.parameters.indexOf(id))],
    };

    return {
      data, numbers, at, step, kinks,
      everything,
      // The rate of a step before any schedule; all later ones go with it.
      rate: (made = 0) => training.given(made),
      setRate(value) { training.setGiven(value); points = []; },
      setParameter(id, value) { numbers.parameters[data.parameters.indexOf(id)] = value; points = []; },
      setConstant(id, value) { numbers.constants[data.constants.indexOf(id)] = value; points = []; },
      setInput(n, id, value) { numbers.rows[n][data.inputs.indexOf(id)] = value; points = []; },
      reset() { Object.assign(numbers, structuredClone(data.numbers)); if (training) training.reset(); points = []; },
      // The number at a place, such as ["value", "0", "0", "z1_1"].
      read([kind, made, ...words]) {
        const value = READERS[kind](Number(made), ...words);
        return value === undefined ? NaN : value;
      },
    };
  }

  // The system of Newton's method, and its solution.
  function newtonian(data, round) {
    const bound = one => one && lines(one, round);
    const [sample, penalty, damped, determinant, solution, eliminated] =
      ["sample", "penalty", "damped", "determinant", "solution", "eliminated"].map(name => bound(data[name]));
    const back = data.back.map(bound), size = data.back.length;

    function eliminate(matrix, gradient) {
      const rows = matrix.map((row, n) => [...row, gradient[n]]), stages = [];
      for (let column = 0; column < size; column += 1) {
        const found = rows.findIndex((row, n) => n >= column && row[column] !== 0);
        if (found < 0) return {stages, solution: gradient.map(() => NaN)};
        [rows[column], rows[found]] = [rows[found], rows[column]];
        const top = rows[column];
        for (let row = column + 1; row < size; row += 1) {
          const own = rows[row], below = own[column];
          if (below === 0) continue;
          rows[row] = own.map((number, n) => {
            if (n === column) return 0;
            return n < column ? number : eliminated([number, below, top[column], top[n]]).own;
          });
        }
        if (column + 1 < size || found !== column) stages.push(rows.map(row => [...row]));
      }
      const found = [];
      for (let row = size - 1; row >= 0; row -= 1) {
        const own = rows[row];
        found.unshift(back[row]([own[row], own[size], ...own.slice(row + 1, size), ...found]).entry);
      }
      return {stages, solution: found};
    }

    return {
      pairs: data.pairs.map(pair => pair.join(" ")),
      ofSample: slots => sample(data.places.map(place => slots[place])),
      ofPenalty: slots => penalty(slots.slice(1, 1 + data.fixed)),
      matrix(upper) {
        const rows = data.back.map(() => []);
        data.pairs.forEach(([row, column], n) => { rows[row][column] = upper[n]; rows[column][row] = upper[n]; });
        return rows;
      },
      solve(hessian, gradient) {
        const changed = (number, row, column) => (row === column ? damped([number, data.damping]).own : number);
        const matrix = data.damping ? hessian.map((row, n) => row.map((number, m) => changed(number, n, m))) : hessian;
        if (!solution) return {hessian, matrix, ...eliminate(matrix, gradient)};
        const entries = [...data.pairs.map(([row, column]) => matrix[row][column]), ...gradient];
        const whole = determinant(entries).determinant;
        return {hessian, matrix, determinant: whole, solution: Object.values(solution([...entries, whole || NaN]))};
      },
    };
  }

  // How the optimizer makes a step.
  function trainer(data, round) {
    const update = lines(data.update, round);
    const rates = Object.fromEntries(Object.entries(data.rate).map(([name, one]) => [name, lines(one, round)]));
    const clip = lines(data.clip, round), norm = data.norm && lines(data.norm, round);
    const newton = data.newton && newtonian(data.newton, round);
    const entry = made => data.rates[Math.min(made, data.rates.length - 1)];
    let factor = 1;

    function rate(made) {
      const [given, way, progress] = entry(made), number = given * factor;
      if (!way) return number;
      const options = way === "decayed" ? [data.decay] : data.schedule;
      return rates[way]([number, ...options, progress]).rate;
    }

    function clipped(gradients) {
      const most = data.clip_value === null ? Infinity : data.clip_value;
      let limited = gradients.map(number => Math.max(-most, Math.min(most, number)));
      if (norm) {
        const length = norm(limited).norm;
        if (length > data.clip_norm) limited = limited.map(number => clip([data.clip_norm, length, number]).clipped);
      }
      return limited;
    }

    return {
      given: made => entry(made)[0] * factor,
      setGiven(value) { factor = value / data.rates[0][0]; },
      reset() { factor = 1; },
      batch: made => (data.full ? null : data.batches[made % data.batches.length]),
      newton,
      move(made, before, gradients, states, second) {
        const now = rate(made), plain = clipped(data.places.map(place => gradients[place]));
        const system = newton && newton.solve(second, plain), taken = system ? system.solution : plain;
        const after = [...before], kept = Object.fromEntries(Object.keys(states).map(name => [name, []]));
        data.places.forEach((place, n) => {
          const own = Object.values(states).map(column => column[n]);
          const found = update([now, data.made + made + 1, ...data.options, before[place], taken[n], ...own]);
          after[place] = found.parameter;
          for (const name of Object.keys(states)) kept[name].push(found[name]);
        });
        return {rate: now, clipped: plain, states: kept, after, system};
      },
    };
  }

  return {OPERATIONS, FUNCTIONS, power, bind, lines, exercise};
})();
