/** The page in Chromium, from a server on loopback, with every other address refused. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fragmentOf } from "../src/share.js";
import { openBrowser, openPage, serve, sheetSays, statusSays, write } from "./site.mjs";

const AXE = process.env.SYMNET_AXE || createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const MOST_BYTES = 15_000_000;
let site, browser, closeBrowser, page;
/** What a first visit is told while everything loads. */
let told;

before(async () => {
  site = await serve();
  ({ browser, close: closeBrowser } = await openBrowser());
  // Without a first sheet there is nothing to test.
  page = await openPage(browser, site.url);
  await page.waitForFunction(() => document.getElementById("example").value && document.getElementById("status").textContent);
  told = await page.$eval("#message", (it) => it.textContent);
  await sheetSays(page, "CS4045 assignment, question 1", 120_000);
});
after(async () => {
  await closeBrowser();
  await site.close();
});

// A page that a failed test left open would stand in front.
beforeEach(() => page?.bringToFront());

/** A description that is worked out for minutes: a training of many steps. */
function slow() {
  const rows = (count, width) => JSON.stringify(Array.from({ length: count }, () => Array(width).fill(0.3)));
  const parameters = [[9, 9], [9, 9], [1, 9]].map(([to, from]) => `{weights: ${rows(to, from)}, biases: ${rows(1, to).slice(1, -1)}}`);
  return `inputs: 9
layers: [{units: 9, activation: tanh}, {units: 9, activation: tanh}, {units: 1, activation: sigmoid}]
loss: binary_cross_entropy
data: {inputs: ${rows(40, 9)}, targets: ${rows(40, 1)}}
parameters: [${parameters.join(", ")}]
training: {learning_rate: 0.1, steps: 9000}
`;
}

/** Waits for a frame of the page in which something is found, as in a sheet whose script is shut off from the page. */
async function waitForFrame(find) {
  for (let tries = 0; tries < 200; tries++) {
    for (const frame of page.frames()) if (frame !== page.mainFrame() && (await find(frame).catch(() => null))) return frame;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("no such frame");
}

/** Text of the sheet. */
const sheetText = () => page.$eval("#sheet", (frame) => frame.contentDocument.body.textContent);

test("a first visit solves the first example within 15 MB", async () => {
  assert.match(await sheetText(), /model solution/);
  assert.equal(told, "");
  assert.ok(site.sent.bytes <= MOST_BYTES, `${site.sent.bytes} bytes`);
});

test("another example, sheet and choice change the sheet and the address", async () => {
  await page.select("#example", "C1");
  await sheetSays(page, "C1: sigmoid, softmax");
  await page.click('[data-sheet="worksheet"]');
  await sheetSays(page, "Name");
  await page.select("#choice-notation", "cs349");
  await page.click('[data-sheet="key"]');
  await sheetSays(page, "Key");
  assert.match(page.url(), /#example=C1&.*sheet=key/);
  assert.match(page.url(), /notation=cs349/);
});

test("a sheet is set in a language that is chosen, and again as the description says", async () => {
  const language = (code) =>
    page.waitForFunction((wanted) => document.getElementById("sheet").contentDocument?.documentElement?.lang === wanted, {}, code);
  await page.select("#choice-language", "de");
  await language("de");
  await page.select("#choice-language", "");
  await language("en");
  await page.select("#choice-notation", "");
  await sheetSays(page, "Key");
  assert.match(page.url(), /#example=C1&sheet=key$/);
});

test("going back brings the earlier description back", async () => {
  await page.goBack();
  await sheetSays(page, "CS4045 assignment, question 1");
  assert.match(await page.$eval("#description .cm-content", (it) => it.textContent), /CS4045/);
  await page.goForward();
  await sheetSays(page, "Key");
});

test("a problem is told at its line while typing, and goes with it", async () => {
  await page.click('[data-sheet="solution"]');
  await write(page, "description", "inputs: 2\nlayers:\n  - {units: 1, activation: sigmoyd}\nloss: squared_error\n");
  await page.waitForSelector("#problems li");
  const text = await page.$eval("#problems", (it) => it.textContent);
  assert.match(text, /^Line 3 layers\[1\]\.activation: found "sigmoyd".*Did you mean "sigmoid"\?/);
  assert.equal(await page.$eval(".cm-lintRange-error", (it) => it.textContent), "sigmoyd");
  await write(page, "description", "inputs: 2\nlayers: [{units: 1, activation: tanh}]\nloss: squared_error\ntitle: Mended\n");
  await sheetSays(page, "Mended");
  assert.equal(await page.$("#problems li"), null);
});

test("completion offers words of the schema", async () => {
  await write(page, "description", "inputs: 2\nloss: binary_c");
  await page.waitForSelector(".cm-tooltip-autocomplete li");
  await page.waitForFunction(() => document.querySelector(".cm-tooltip-autocomplete").textContent === "binary_cross_entropy");
  await new Promise((done) => setTimeout(done, 150));
  await page.keyboard.press("Enter");
  assert.match(await page.$eval("#description .cm-content", (it) => it.textContent), /loss: binary_cross_entropy/);
});

test("typed answers are marked, and the mistake is named in the editor and on the sheet", async () => {
  await page.select("#example", "C1");
  await sheetSays(page, "C1: sigmoid, softmax");
  await page.click("#answers-tab");
  await page.click("#blank");
  await page.waitForFunction(() => document.querySelector("#answers .cm-content").textContent.includes("Question 3"));
  await write(page, "answers", 'answers:\n  z1_1: 0.3451\n  "dL/dw2_1_1": -0.3835\n');
  await page.click("#check");
  await sheetSays(page, "Softmax was treated as an elementwise function");
  await statusSays(page, "of 41 marks");
  assert.equal(await page.$$eval(".cm-lint-marker-error", (them) => them.length), 1);
  assert.equal(await page.$$eval(".cm-lint-marker-info", (them) => them.length), 1);
});

test("answers that cannot be read are told at their line", async () => {
  await write(page, "answers", "answers:\n  z1_1: [0.1\n");
  await page.click("#check");
  await page.waitForSelector("#answer-problems li");
  assert.match(await page.$eval("#answer-problems", (it) => it.textContent), /Line \d/);
  assert.equal(await page.$("#problems li"), null);
});

test("hostile answers are within the limits of reading, and nothing of them is run", async () => {
  const lines = ["9^9^9^9^9", "9**9**9", "1+".repeat(900) + "1", "exp(exp(exp(exp(99))))", "__import__('os')", "(".repeat(600) + "1" + ")".repeat(600), "<img src=x onerror=alert(1)>"];
  await write(page, "answers", `answers:\n${lines.map((it, at) => `  "dL/dw2_1_${at + 1}": "${it}"`).join("\n")}\n`);
  await page.click("#check");
  await sheetSays(page, "onerror");
  assert.equal(await page.$eval("#sheet", (frame) => frame.contentDocument.querySelectorAll("img, script").length), 0);
  await write(page, "answers", `answers:\n  "dL/dw2_1_1": "${"1+".repeat(30_000)}1"\n`);
  await page.click("#check");
  await page.waitForFunction(() => /characters/.test(document.getElementById("answer-problems").textContent + document.getElementById("sheet").contentDocument?.body?.textContent));
});

test("work that takes too long is stopped, and a new worker goes on", async () => {
  const fragment = await fragmentOf({ text: slow(), choices: { limit: "2" } });
  const other = await openPage(browser, `${site.url}#${fragment}`);
  await statusSays(other, "longer than 2 seconds");
  await other.select("#example", "C4");
  await sheetSays(other, "C4: the graph");
  await other.close();
});

test("the stop button ends what is worked out, and the page goes on", async () => {
  await page.click("#description-tab");
  await write(page, "description", slow());
  await page.waitForFunction(() => /^(deriving|checking|evaluating)/.test(document.getElementById("status").textContent));
  await page.click("#stop");
  await statusSays(page, "Stopped.");
  await page.select("#example", "C4");
  await sheetSays(page, "C4: the graph");
});

test("a sheet is downloaded as each format, and all at once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "symnet-files-"));
  const session = await browser.target().createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  const formats = await page.$$eval("[data-format]", (them) => them.map((it) => it.dataset.format));
  assert.deepEqual(["tex", "html", "json", "yaml", "zip"].filter((it) => !formats.includes(it)), []);
  for (const format of formats) {
    await page.click("#download");
    await page.click(`[data-format="${format}"]`);
    const name = join(folder, `C4.${format}`);
    for (let tries = 0; tries < 100 && !(await stat(name).catch(() => null)); tries++) {
      await new Promise((done) => setTimeout(done, 100));
    }
    assert.ok((await stat(name)).size > 100, format);
  }
  assert.match(await readFile(join(folder, "C4.tex"), "utf8"), /\\begin\{document\}/);
  assert.equal(JSON.parse(await readFile(join(folder, "C4.json"), "utf8")).format, 1);
  const zip = await readFile(join(folder, "C4.zip"), "latin1");
  for (const format of formats.filter((it) => it !== "zip")) assert.ok(zip.includes(`C4.${format}`), format);
  assert.equal((await readdir(folder)).length, formats.length);
  await rm(folder, { recursive: true });
});

test("a worksheet is not downloaded as data, which would give it away", async () => {
  await page.click('[data-sheet="worksheet"]');
  await page.click("#download");
  const shown = await page.$$eval("[data-format]", (them) => them.filter((it) => !it.hidden).map((it) => it.dataset.format));
  assert.ok(shown.includes("tex") && !shown.includes("json"), shown.join());
  await page.keyboard.press("Escape");
  await page.click('[data-sheet="solution"]');
  await sheetSays(page, "model solution");
});

test("a solution is a page to learn with, whose script runs and reaches nothing of this page", async () => {
  await page.select("#choice-page", "interactive");
  const learned = await waitForFrame((frame) => frame.$('[data-action="cover"]'));
  await learned.click('[data-action="cover"]');
  await learned.waitForSelector(".covered, [data-covered], [hidden]");
  assert.equal(await learned.evaluate(() => {
    try {
      return parent.document.title;
    } catch (error) {
      return error.name;
    }
  }), "SecurityError");
  await page.select("#choice-page", "plain");
  await sheetSays(page, "model solution");
});

test("a worksheet marks the answers that are typed into it, and names the mistake", async () => {
  await page.click('[data-sheet="worksheet"]');
  await page.select("#choice-page", "interactive");
  const sheet = await waitForFrame((frame) => frame.$('[data-action="check"]'));
  const field = await sheet.waitForSelector("input[type=text]");
  await field.type("3");
  await sheet.click('[data-action="check"]');
  await sheet.waitForFunction(() => document.querySelector("output").textContent.includes("The variable itself was used"));
  await page.select("#choice-page", "plain");
  await sheetSays(page, "Name");
  await page.click('[data-sheet="solution"]');
  await sheetSays(page, "model solution");
});

test("the sheet alone is printed, by its button and by the keys for it", async () => {
  await page.evaluate(() => {
    const print = () => document.body.dataset.printed++;
    document.body.dataset.printed = 0;
    Object.defineProperty(document.getElementById("printed"), "contentWindow", { value: { print } });
  });
  const printed = (times) => page.waitForFunction((wanted) => document.body.dataset.printed === wanted, {}, times);
  await page.click("#print");
  await printed("1");
  await page.keyboard.down("Control");
  await page.keyboard.press("p");
  await page.keyboard.up("Control");
  await printed("2");
  assert.match(await page.$eval("#printed", (it) => it.contentDocument.body.textContent), /model solution/);
});

test("a link carries the description, of which the server sees nothing", async () => {
  await write(page, "description", "inputs: 2\nlayers: [{units: 1, activation: tanh}]\nloss: squared_error\ntitle: Passed on\n");
  await sheetSays(page, "Passed on");
  await page.click("#share");
  await page.waitForFunction(() => location.hash.startsWith("#d="));
  const link = page.url();
  const other = await openPage(browser, link);
  await sheetSays(other, "Passed on");
  assert.deepEqual(site.sent.requests.filter((it) => it.includes("d=")), []);
  await other.close();
  await sheetSays(page, "Passed on");
});

test("reloading while something is worked out brings the text back", async () => {
  await write(page, "description", "inputs: 2\nlayers: [{units: 1, activation: relu}]\nloss: squared_error\ntitle: Kept\n");
  await page.reload();
  await sheetSays(page, "Kept");
});

test("files that are no descriptions are told apart", async () => {
  const field = await page.$("#file");
  await field.uploadFile(AXE);
  await page.waitForSelector("#problems li");
  assert.match(await page.$eval("#problems", (it) => it.textContent), /Problem|Line/);
  await field.uploadFile("/usr/bin/env");
  await statusSays(page, "no text in UTF-8");
});

test("a file that is dropped is taken whole, also onto the editor, and a wrong one is told apart", async () => {
  const drop = (target, name, content) =>
    page.$eval(
      target,
      (it, file, text) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], file));
        for (const type of ["dragover", "drop"]) {
          it.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
        }
      },
      name,
      content,
    );
  const text = "inputs: 2\nlayers: [{units: 1, activation: tanh}]\nloss: squared_error\ntitle: Dropped\n";
  await drop("#description .cm-content", "mine.yaml", text);
  await sheetSays(page, "Dropped");
  assert.equal(await page.$$eval("#description .cm-line", (them) => them.map((it) => it.textContent).join("\n")), text);
  await drop("main", "picture.png", "\u0089PNG\u0000");
  await page.waitForSelector("#problems li");
  await page.goBack();
  await sheetSays(page, "Dropped");
  await page.goBack();
});

test("it works by the keyboard alone", async () => {
  await page.goBack();
  await sheetSays(page, "Kept");
  await page.focus("#description-tab");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "answers-tab");
  assert.equal(await page.$eval("#answers-panel", (it) => it.hidden), false);
  await page.keyboard.press("ArrowLeft");
  await page.focus("#description .cm-content");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.closest(".cm-editor")), null);
  await page.focus('[data-sheet="worksheet"]');
  await page.keyboard.press("Space");
  await sheetSays(page, "Name");
});

for (const [width, height, dark] of [[1280, 800, false], [1280, 800, true], [360, 740, false], [360, 740, true]]) {
  test(`axe-core finds nothing at ${width} px${dark ? " in the dark" : ""}, and nothing is cut off`, async () => {
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
    for (const tab of width < 900 ? ["description", "answers", "sheet"] : ["description", "answers"]) {
      await page.click(`#${tab}-tab`);
      await page.evaluate(await readFile(AXE, "utf8"));
      const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"], iframes: false }));
      assert.deepEqual(found.violations.map((it) => [it.id, it.nodes.map((node) => node.html)]), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    }
    await page.click("#description-tab");
  });
}

test("it opens and solves without a network after the first visit", async () => {
  await site.close();
  const other = await openPage(browser, `${site.url}#example=adam`);
  await sheetSays(other, "Adam on exclusive or", 120_000);
  assert.deepEqual(other.complaints, []);
  await other.close();
});

test("no request has left the page's own address", () => {
  assert.deepEqual(page.asked.filter((it) => !it.startsWith(site.url) && !/^(blob|data|about):/.test(it)), []);
  assert.deepEqual(page.complaints, []);
});
