/* << docs.tests >> */
import assert from "node:assert/strict";
import test from "node:test";
import * as program from "./<< file >>";

const TOLERANCE = 1e-9;
const [STEP, NEAR] = [1e-6, 1e-5];

const FORWARD = [
<% for row in forward %>
  {
<% for line in row %>
    << line >>
<% endfor %>
  },
<% endfor %>
];
const DERIVATIVES = [
<% for row in backward %>
  {
<% for line in row %>
    << line >>
<% endfor %>
  },
<% endfor %>
];
const OBJECTIVE = << objective >>;
const GRADIENT = {
<% for line in gradients %>
  << line >>
<% endfor %>
};
<% if after %>
const AFTER = {
<% for line in after %>
  << line >>
<% endfor %>
};
<% endif %>

/** << docs.close >> */
function assertClose(found, expected, name, tolerance = TOLERANCE) {
  const room = tolerance * Math.max(1, Math.abs(found), Math.abs(expected));
  assert.ok(Math.abs(found - expected) <= room, `${name}: ${found}, ${expected}`);
}

/** << docs.passes >> */
function passes(sample) {
<% if parameters %>
  const parameters = program.startParameters();
<% endif %>
<% if data %>
  const data = program.trainingData()<< "[sample]" if several >>;
<% endif %>
  const values = program.forward(<< calls.forward >>);
  Object.assign(values, program.loss(<< calls.loss >>));
  return [values, program.backward(<< calls.backward >>)];
}

FORWARD.forEach((expected, sample) => {
  for (const name of Object.keys(expected)) {
    test(`forward ${name} ${sample + 1}`, () => assertClose(passes(sample)[0][name], expected[name], name));
  }
});

DERIVATIVES.forEach((expected, sample) => {
  for (const name of Object.keys(expected)) {
    test(`backward ${name} ${sample + 1}`, () => assertClose(passes(sample)[1][name], expected[name], name));
  }
});

test("gradient", () => {
  const [objective, gradients] = program.gradient(<< started | join(", ") >>);
  assertClose(objective, OBJECTIVE, "objective");
  for (const name of Object.keys(GRADIENT)) assertClose(gradients[name], GRADIENT[name], name);
});
<% if differences %>

for (const name of Object.keys(GRADIENT)) {
  test(`gradient by differences ${name}`, () => {
    const sides = [STEP, -STEP].map((distance) => {
<% for one in put_in %>
      const << one >> = << started[loop.index0] >>;
<% endfor %>
      << perturbed >>[name] += distance;
      return program.gradient(<< put_in | join(", ") >>)[0];
    });
    const [, gradients] = program.gradient(<< started | join(", ") >>);
    assertClose(gradients[name], (sides[0] - sides[1]) / (2 * STEP), name, NEAR);
  });
}
<% endif %>
<% if after %>

test("training", () => {
  const parameters = program.train();
  for (const name of Object.keys(AFTER)) assertClose(parameters[name], AFTER[name], name);
});
<% endif %>
