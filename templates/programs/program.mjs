#!/usr/bin/env node
/* << intro >> */
<% for one in constants %>
<< one.text >>
<% endfor %>
<% for name in helpers %>

/** << docs[name] >> */
<% if name == "sigmoid" %>
const sigmoid = (z) => 1 / (1 + Math.exp(-z));
<% elif name == "erf" %>
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
<% endif %>
<% endfor %>
<% for one in tables %>

/** << one.doc >> */
export function << one.name >>() {
<% if one.rows %>
  return [
<% for row in one.rows %>
<% for line in row %>
    << line >>
<% endfor %>
<% endfor %>
  ];
<% else %>
  return {
<% for entry in one.entries %>
<% for line in entry %>
    << line >>
<% endfor %>
<% endfor %>
  };
<% endif %>
}
<% endfor %>
<% for one in functions %>

/** << one.doc >> */
export function << one.name >>(<< one.arguments | join(", ") >>) {
<% for line in one.body %>
<< ("  " ~ line) if line else "" >>
<% endfor %>
}
<% endfor %>

<% for line in gradients %>
<< line >>
<% endfor %>

/** << docs.gradient >> */
export function gradient(<< arguments | join(", ") >>) {
<% if several %>
  let << objective >> = 0;
  const total = Object.fromEntries(Object.keys(GRADIENTS).map((name) => [name, 0]));
<% if counted %>
  let counted = 0;
<% endif %>
  for (const data of samples) {
    const values = forward(<< calls.forward >>);
    Object.assign(values, loss(<< calls.loss >>));
    const derivatives = backward(<< calls.backward >>);
    << objective >> += values.<< loss >>;
    for (const [name, variable] of Object.entries(GRADIENTS)) {
      total[name] += derivatives[variable];
    }
<% for line in counted %>
    << line >>
<% endfor %>
  }
<% if share %>
  << objective >> /= << share >>;
  for (const name of Object.keys(total)) total[name] /= << share >>;
<% endif %>
<% for line in penalty %>
  << line >>
<% endfor %>
  return [<< objective >>, total];
<% else %>
  const values = forward(<< calls.forward >>);
  Object.assign(values, loss(<< calls.loss >>));
  const derivatives = backward(<< calls.backward >>);
  const found = Object.entries(GRADIENTS).map(([name, variable]) => [name, derivatives[variable]]);
  return [values.<< objective >>, Object.fromEntries(found)];
<% endif %>
}
<% if update %>
<% if update.states %>

/** << docs.state >> */
export function startState(parameters) {
  const state = {};
  for (const name of << update.states >>) {
    state[name] = Object.fromEntries(Object.keys(parameters).map((parameter) => [parameter, 0]));
  }
<% for line in update.start %>
  << line >>
<% endfor %>
  return state;
}
<% endif %>

/** << update.doc >> */
export function update(<< update.arguments | join(", ") >>) {
<% if update.blank %>
  throw new Error("update");
<% else %>
<% if update.rates %>
  const << update.rate >> = RATES[step - << 1 + update.before >>];
<% endif %>
<% if update.clip_value or update.clip_norm %>
  gradients = { ...gradients };
<% endif %>
<% if update.clip_value %>
  for (const name of << update.trained >>) {
    gradients[name] = Math.max(-<< update.clip_value >>, Math.min(<< update.clip_value >>, gradients[name]));
  }
<% endif %>
<% if update.clip_norm %>
  const norm = Math.hypot(...<< update.trained >>.map((name) => gradients[name]));
  if (norm > << update.clip_norm >>) {
    for (const name of << update.trained >>) gradients[name] *= << update.clip_norm >> / norm;
  }
<% endif %>
  const changed = { ...parameters };
  for (const name of << update.trained >>) {
<% for line in update.body %>
    << line >>
<% endfor %>
  }
  return changed;
<% endif %>
}

/** << docs.train >> */
export function train(steps = << update.steps >>) {
  << start >>
<% if update.states %>
  const state = startState(parameters);
<% endif %>
  for (let step = << 1 + update.before >>; step < << 1 + update.before >> + steps; step += 1) {
<% if update.batches %>
    const batch = BATCHES[step - << 1 + update.before >>].map((place) => samples[place]);
    const [, gradients] = gradient(parameters, batch);
<% else %>
    const [, gradients] = gradient(<< put_in | join(", ") >>);
<% endif %>
    parameters = update(<< update.arguments | join(", ") >>);
  }
  return parameters;
}
<% endif %>

if (process.argv[1]?.endsWith("<< file >>")) {
  << start >>
  const [<< objective >>, gradients] = gradient(<< put_in | join(", ") >>);
  console.log("<< objective >> =", << objective >>);
  for (const [name, variable] of Object.entries(GRADIENTS)) console.log(variable, "=", gradients[name]);
<% if update %>
  for (const [name, parameter] of Object.entries(train())) console.log(name, "=", parameter);
<% endif %>
}
