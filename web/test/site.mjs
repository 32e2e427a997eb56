/** A static server on loopback, and a browser that reaches nothing else. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

export const DIST = fileURLToPath(new URL("../dist/", import.meta.url));
const TYPES = { html: "text/html", js: "text/javascript", mjs: "text/javascript", css: "text/css", svg: "image/svg+xml" };

/**
 * Serves `web/dist` as any static server would, and counts what it hands out.
 * @param {Record<string, string>} others Files beside those of the page, by their names.
 */
export async function serve(others = {}) {
  const sent = { requests: [], bytes: 0 };
  const server = createServer(async (request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.slice(1) || "index.html";
    sent.requests.push(name);
    try {
      const content = name in others ? Buffer.from(others[name]) : await readFile(join(DIST, name));
      const tag = `"${createHash("sha256").update(content).digest("hex")}"`;
      const isHeld = request.headers["if-none-match"] === tag;
      const type = TYPES[name.split(".").pop()] ?? "application/octet-stream";
      response.writeHead(isHeld ? 304 : 200, { "Content-Type": type, ETag: tag, "Cache-Control": "no-cache" });
      if (!isHeld) sent.bytes += content.length;
      response.end(isHeld ? undefined : content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () => new Promise((closed) => (server.close(closed), server.closeAllConnections()));
  return { url: `http://127.0.0.1:${server.address().port}/`, sent, close };
}

/** Starts Chromium; every address but loopback leads nowhere, and what is asked of any is written down. */
export async function openBrowser() {
  const profile = await mkdtemp(join(tmpdir(), "symnet-web-"));
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    userDataDir: profile,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ],
    protocolTimeout: 240_000,
  });
  const close = async () => {
    await browser.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { browser, close };
}

/** Opens a page, which is told apart from others by what it complains of and asks for. */
export async function openPage(browser, url, { width = 1280, height = 800, dark = false } = {}) {
  const page = await browser.newPage();
  // Chromium draws, and so clicks, in front alone.
  await page.bringToFront();
  const complaints = [];
  const asked = [];
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => asked.push(request.url()));
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(url);
  return Object.assign(page, { complaints, asked });
}

/** Waits until the sheet says something. */
export function sheetSays(page, text, timeout = 60_000) {
  return page.waitForFunction(
    (wanted) => {
      const frame = document.getElementById("sheet");
      const panel = document.getElementById("sheet-panel");
      const content = frame.contentDocument?.body?.textContent ?? "";
      return content.includes(wanted) && !panel.classList.contains("stale");
    },
    { timeout, polling: 100 },
    text,
  );
}

/** Waits until the line at the foot of the page says something. */
export function statusSays(page, text, timeout = 60_000) {
  return page.waitForFunction(
    (wanted) => document.getElementById("message").textContent.includes(wanted),
    { timeout, polling: 100 },
    text,
  );
}

/** Types a text into an editor, in the place of what is there. */
export async function write(page, editor, text) {
  await page.focus(`#${editor} .cm-content`);
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.keyboard.press("Backspace");
  await page.keyboard.sendCharacter(text);
  // The editor hears of what was typed a moment later, and the history after it.
  await new Promise((heard) => setTimeout(heard, 300));
}
