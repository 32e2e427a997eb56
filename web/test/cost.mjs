/**
 * What the page costs, as JSON: node cost.mjs REQUESTS.json, a list of what a sheet is asked of.
 *
 * Processor seconds of Chromium are those of all its processes. The reference is the worker of the page, of which
 * Python imports SymPy in the place of symnet, from the same archives.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DIST, openBrowser, openPage, serve, sheetSays } from "./site.mjs";

const requests = JSON.parse(await readFile(process.argv[2], "utf8"));
const worker = await readFile(join(DIST, "worker.js"), "utf8");
const changed = worker.replace("import bridge", "import sympy").replace("bridge.answer", "None");
if (changed.includes("bridge")) throw new Error("the worker imports otherwise than the reference expects");

const site = await serve({ "cost.html": "<!doctype html><title>Cost</title>", "reference.js": changed });
const { browser, close } = await openBrowser();
const session = await browser.target().createCDPSession();

async function seconds() {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, it) => sum + it.cpuTime, 0);
}

/** Returns the seconds of a worker until it is ready, and then those of each request. */
async function costs(script, asked) {
  const page = await openPage(browser, `${site.url}cost.html`);
  const before = await seconds();
  await page.evaluate(
    (name) =>
      new Promise((done, failed) => {
        self.worker = new Worker(name, { type: "module" });
        self.worker.onmessage = ({ data }) => {
          if (data.kind === "ready") done();
          if (data.kind === "broken") failed(new Error(data.text));
        };
      }),
    script,
  );
  const found = [(await seconds()) - before];
  for (const request of asked) {
    const start = await seconds();
    await page.evaluate(
      (wanted) =>
        new Promise((done, failed) => {
          self.worker.onmessage = ({ data }) => {
            if (data.kind === "broken" || data.answer?.problems) failed(new Error(JSON.stringify(data)));
            if (data.kind === "answer") done();
          };
          self.worker.postMessage({ id: 1, name: "sheet", request: wanted });
        }),
      request,
    );
    found.push((await seconds()) - start);
  }
  await page.close();
  return found;
}

/** Returns what a first visit loads: bytes as they are and compressed, requests, and those to elsewhere. */
async function visit() {
  site.sent.requests.length = site.sent.bytes = 0;
  // A browser that holds nothing yet.
  const context = await browser.createBrowserContext();
  const page = await openPage(context, site.url);
  await sheetSays(page, "model solution", 120_000);
  const elsewhere = page.asked.filter((it) => !it.startsWith(site.url) && !/^(blob|data|about):/.test(it));
  let compressed = 0;
  for (const name of await readdir(DIST)) compressed += gzipSync(await readFile(join(DIST, name)), { level: 9 }).length;
  const found = { bytes: site.sent.bytes, compressed, requests: site.sent.requests.length, elsewhere: elsewhere.length };
  await context.close();
  return found;
}

const [reference] = await costs("reference.js", []);
const [started, ...sheets] = await costs("worker.js", requests);
process.stdout.write(JSON.stringify({ reference, started, sheets, ...(await visit()) }));
await close();
await site.close();
