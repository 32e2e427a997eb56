/** Links that carry a description. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentOf, sharedIn } from "../src/share.js";

test("a link brings the description and its choices back", async () => {
  const text = "title: \"α ≤ β\"\ninputs: 2\n".repeat(40);
  const fragment = await fragmentOf({ text, choices: { form: "matrix" } });
  assert.ok(fragment.length < text.length / 4);
  assert.match(fragment, /^[\w=&%.-]+$/);
  assert.deepEqual(await sharedIn(`#${fragment}`), { text, choices: { form: "matrix" } });
});

test("an example goes by its name", async () => {
  assert.equal(await fragmentOf({ example: "C4", choices: {} }), "example=C4");
  assert.deepEqual(await sharedIn("#example=C4&sheet=key"), { example: "C4", choices: { sheet: "key" } });
});

test("what is no link says so", async () => {
  for (const fragment of ["", "#", "#d=", "#d=%00", "#d=AAAA", "#d=!!!", "#sheet-panel"]) {
    assert.equal(await sharedIn(fragment), null, fragment);
  }
});

test("a link that would unpack to more than a description may have is refused", async () => {
  const fragment = await fragmentOf({ text: "x".repeat(2_100_000), choices: {} });
  assert.ok(fragment.length < 5_000);
  assert.equal(await sharedIn(fragment), null);
});
