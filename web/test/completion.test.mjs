/** What completion knows of a place in a description. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { optionsAt, placeAt } from "../src/completion.js";

const { schema } = JSON.parse(await readFile(new URL("../.work/facts.json", import.meta.url), "utf8"));
const labels = (text) => optionsAt(schema, placeAt(text, text.length)).map((it) => it.label);

const CASES = [
  ["a key at the top", "inputs: 2\nla", ["layers", "language"]],
  ["a key in braces", "layers:\n  - {units: 2, act", ["activation"]],
  ["a key over lines in braces", "layers:\n  - {units: 2,\n     act", ["activation"]],
  ["a key of an entry", "layers:\n- units: 2\n  act", ["activation"]],
  ["a word", "layers:\n  - {units: 2, activation: si", ["sigmoid", "silu"]],
  ["a word of a list", "loss: [squared_error, bin", ["binary_cross_entropy"]],
  ["a key below a comment", "training: # of all\n  # adam\n  opt", ["optimizer"]],
  ["a key behind one that has ended", "training:\n  steps: 2\nnum", ["numbers"]],
  ["a word behind a text with a bracket", 'title: "a {b"\nreduction: me', ["mean"]],
  ["no word in a title", "title: ab", []],
  ["no key behind a text", "title: ab la", []],
];
for (const [what, text, expected] of CASES) {
  test(`offers ${what}`, () => assert.deepEqual(labels(text).sort(), [...expected].sort()));
}

test("offers no key that is there already", () => {
  assert.ok(!labels("inputs: 2\nlayers: []\n").includes("inputs"));
  assert.ok(!labels("layers:\n  - {units: 2, ").includes("units"));
});
