/** The page: what is described on the left, what comes of it on the right. */
import { Editor } from "./editor.js";
import { Engine, Unanswered } from "./engine.js";
import { fillChoices, shownChoices } from "./choices.js";
import { fragmentOf, sharedIn } from "./share.js";
import { save, bytesOf } from "./files.js";
import { examples, facts } from "symnet-facts";

const $ = (id) => document.getElementById(id);
/** Seconds after which work is stopped, unless the link says otherwise. */
const LIMITS = { read: 20, sheet: 300, blank: 60, check: 60, file: 300 };
const MOST_BYTES = 2_000_000;
/** Milliseconds without a key before the text is read, and before its sheet is made. */
const PAUSE = 350;
/** Milliseconds between two writes into the history; at 100 within 10 seconds some browsers refuse it. */
const BETWEEN_WRITES = 120;
/** The sheet follows the text by itself while it takes no longer than this, in milliseconds. */
const QUICK = 2_500;
const FIRST = "cs4045-q1";
const DOWNLOADS = [
  ...facts.formats.map(({ name, isData }) => ({ format: name, label: `.${name}`, isData })),
  { format: "yaml", label: "The description (.yaml)" },
  { format: "zip", label: "All of them (.zip)" },
];

/** What the page shows. History keeps it, so that going back and reloading bring it back. */
const state = { name: FIRST, text: "", answers: "", loss: "", sheet: "solution", choices: {}, isExample: true };
let lastTook = 0;
let typing, writing;
/** What the sheet that is shown was made of, and the sheet itself. */
let madeOf = "";
let madeSheet = "";

const engine = new Engine(hear);
const description = new Editor($("description"), {
  label: "Description",
  hint: "Describe a network, or choose an example.",
  schema: facts.schema,
  changed: () => {
    state.text = description.text;
    state.isExample = false;
    $("example").value = "";
    rememberSoon();
    clearTimeout(typing);
    typing = setTimeout(read, PAUSE);
  },
  done: make,
});
const answers = new Editor($("answers"), {
  label: "Answers",
  hint: "answers:\n  z1_1: 0.35",
  changed: () => {
    state.answers = answers.text;
    answers.mark([]);
    rememberSoon();
  },
  done: check,
});

// What is asked of Python.

/** Asks, and returns what was answered; null where it was stopped or gave way, or where something is wrong. */
async function ask(name, more = {}) {
  const { text, answers: typed, loss, sheet } = state;
  const limit = Number(new URLSearchParams(location.hash.slice(1)).get("limit")) || LIMITS[name];
  const request = { name: state.name, text, answers: typed, loss, sheet, ...state.choices, ...more };
  try {
    const answer = await engine.ask(name, request, Math.min(Math.max(limit, 1), 600));
    if (!answer.problems) return { ...answer, took: engine.took };
    showProblems(answer.problems, name);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    if (error.reason !== "newer") say(REASONS[error.reason](limit, error.message));
  }
  return null;
}

const REASONS = {
  stopped: () => "Stopped.",
  time: (limit) => `Stopped: this took longer than ${limit} seconds. Take a smaller exercise, or run symnet itself.`,
  failed: (_limit, text) => `This could not be worked out: ${text.trim().split("\n").pop()}`,
};

/** Reads the text; while that is quick, the sheet follows. */
async function read() {
  const { text } = state;
  if (!(await ask("read")) || text !== state.text) return;
  showProblems([], "read");
  if (lastTook < QUICK) await make();
  else showStale();
}

/** Makes the sheet that is chosen. */
async function make() {
  if (state.sheet === "marked") return check();
  const wanted = key();
  const answer = await ask("sheet");
  if (!answer || wanted !== key()) return showStale();
  lastTook = answer.took;
  showProblems([], "sheet");
  fillLosses(answer.losses);
  show(answer.html, wanted, answer.title, answer.isInteractive);
  say(answer.warnings.join(" "));
}

async function check() {
  clearTimeout(typing);
  if (!state.answers.trim()) {
    select("answers");
    return say("There are no answers yet.");
  }
  choose("marked");
  const wanted = key();
  const answer = await ask("check");
  if (!answer || wanted !== key()) return showStale();
  showProblems([], "check");
  answers.mark(
    answer.lines.map(({ line, correct, credit, verdict, text }) => ({
      line,
      severity: correct ? "info" : credit ? "warning" : "error",
      text: text ? `${verdict}\n${text}` : verdict,
    })),
  );
  show(answer.html, wanted, "Marked answers");
  say(`${answer.marks} of ${answer.out_of} marks. ${answer.short}`);
}

async function fillAnswers() {
  const typed = state.answers;
  const answer = await ask("blank");
  // What was typed meanwhile is kept.
  if (answer && typed === state.answers) answers.replace(answer.answers);
}

async function download(format) {
  closeMenu();
  if (format === "yaml") return save(`${state.name}.yaml`, new TextEncoder().encode(state.text));
  const answer = await ask("file", { format });
  if (answer) save(answer.name, bytesOf(answer.content));
}

/** What a sheet is made of; a sheet is of another text or choice as soon as it differs. */
function key() {
  const { text, sheet, choices, answers: typed } = state;
  return JSON.stringify([text, sheet, choices, sheet === "marked" ? typed : ""]);
}

// What is shown.

/** Shows a sheet. One with a script, which its hash in the policy allows, is shut off from this page. */
function show(html, wanted, title, isInteractive = false) {
  madeOf = wanted;
  madeSheet = html;
  $("sheet").setAttribute("sandbox", isInteractive ? "allow-scripts" : "allow-same-origin");
  $("sheet").srcdoc = html;
  $("sheet").title = title;
  $("empty").textContent = "";
  showStale();
}

/** A sheet that is of an earlier text is shown pale. */
function showStale() {
  $("sheet-panel").classList.toggle("stale", Boolean(madeOf) && madeOf !== key());
}

function showProblems(problems, name) {
  const ofAnswers = problems.filter((it) => it.of === "answers");
  const others = problems.filter((it) => it.of !== "answers");
  if (name === "check") list($("answer-problems"), answers, ofAnswers);
  list($("problems"), description, others);
  description.mark(others.map((it) => ({ ...it, severity: "error" })));
  if (ofAnswers.length) answers.mark(ofAnswers.map((it) => ({ ...it, severity: "error" })));
  if (!problems.length) return;
  say(problems.length === 1 ? "There is one problem." : `There are ${problems.length} problems.`);
  if (!madeOf) $("empty").textContent = "The sheet appears here once the description can be used.";
  showStale();
}

function list(target, editor, problems) {
  target.replaceChildren(
    ...problems.map(({ text, line, column }) => {
      const item = document.createElement("li");
      const place = document.createElement(line ? "button" : "span");
      place.textContent = line ? `Line ${line}` : "Problem";
      if (line) place.onclick = () => editor.go(line, column ?? 1);
      item.append(place, ` ${text}`);
      return item;
    }),
  );
}

/** Says what came of something; it stays until something else is worked out. */
function say(text) {
  $("message").textContent = text;
}

/** Shows what is going on. */
function hear({ kind, part, text }) {
  const doing = {
    loading: () => `Loading Python and symnet: ${Math.round(part * 100)} %`,
    starting: () => "Starting Python…",
    working: () => (text === "read" ? "" : "Working…"),
    stage: () => `${text.replaceAll("_", " ")}…`,
  }[kind];
  $("status").textContent = doing?.() ?? "";
  if (kind === "loading" && !madeOf) {
    $("empty").textContent = "The sheet appears here once Python and symnet are loaded: 15 MB, at the first visit alone.";
  }
  $("progress").hidden = !doing;
  if (kind === "loading") $("progress").value = part;
  else $("progress").removeAttribute("value");
  $("stop").hidden = !(kind === "working" || kind === "stage");
  if (kind === "working" && text !== "read") say("");
  if (kind === "ready") navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage("keep"));
  if (kind === "broken") say(`Python could not be started: ${text} Reload the page, or take a newer browser.`);
}

// What is chosen.

const tabs = ["description", "answers", "sheet"];

function select(name) {
  for (const tab of tabs) {
    const isChosen = tab === name;
    $(`${tab}-tab`).setAttribute("aria-selected", String(isChosen));
    $(`${tab}-tab`).tabIndex = isChosen ? 0 : -1;
  }
  document.body.dataset.tab = name;
  // On a wide screen the sheet stands beside either of the others.
  if (name !== "sheet") document.body.dataset.writing = name;
  $("description-panel").hidden = document.body.dataset.writing === "answers";
  $("answers-panel").hidden = document.body.dataset.writing !== "answers";
}

function choose(sheet) {
  state.sheet = sheet;
  for (const button of document.querySelectorAll("[data-sheet]")) {
    button.setAttribute("aria-pressed", String(button.dataset.sheet === sheet));
    if (button.dataset.sheet === "marked" && sheet === "marked") button.hidden = false;
  }
  shownChoices(sheet);
  for (const { format, isData } of DOWNLOADS) {
    // Data are of the solution, which a worksheet does not give away.
    document.querySelector(`[data-format="${format}"]`).hidden = Boolean(isData) && ["worksheet", "key"].includes(sheet);
  }
  remember();
}

function fillLosses(losses) {
  $("loss-choice").hidden = losses.length < 2;
  if (!losses.includes(state.loss)) state.loss = losses[0] ?? "";
  $("loss").replaceChildren(...losses.map((loss) => new Option(loss.replaceAll("_", " "), loss, false, loss === state.loss)));
}

/** Takes another description; what was there stays in the history. */
function take(name, text, isExample) {
  Object.assign(state, { name, text, isExample, answers: "", loss: "" });
  if (state.sheet === "marked") state.sheet = "solution";
  lastTook = 0;
  history.pushState(null, "", `${location.pathname}${location.search}`);
  present();
}

/** Shows all of the state, and makes its sheet. */
function present() {
  description.text = state.text;
  answers.text = state.answers;
  $("example").value = state.isExample ? state.name : "";
  document.querySelector('[data-sheet="marked"]').hidden = state.sheet !== "marked";
  fillChoices(facts, state.choices, rechoose);
  choose(state.sheet);
  list($("problems"), description, []);
  list($("answer-problems"), answers, []);
  make();
}

function rechoose(name, value) {
  state.choices[name] = value;
  remember();
  make();
}

// What is remembered: all of it in the history, and an example with its choices in the address too.

function rememberSoon() {
  showStale();
  writing ??= setTimeout(remember, BETWEEN_WRITES);
}

function remember() {
  clearTimeout(writing);
  writing = undefined;
  const held = new URLSearchParams(state.isExample ? { example: state.name } : {});
  if (state.isExample) {
    if (state.sheet !== "solution" && state.sheet !== "marked") held.set("sheet", state.sheet);
    for (const [name, value] of Object.entries(chosen())) held.set(name, value);
  }
  const limit = new URLSearchParams(location.hash.slice(1)).get("limit");
  if (limit) held.set("limit", limit);
  const fragment = held.toString();
  history.replaceState(structuredClone(state), "", fragment ? `#${fragment}` : location.pathname + location.search);
  showStale();
}

/** The choices that differ from what is usual. */
function chosen() {
  const usual = fillChoices.usual(facts);
  return Object.fromEntries(Object.entries(state.choices).filter(([name, value]) => value !== usual[name]));
}

async function share() {
  const choices = { ...chosen(), ...(state.sheet === "solution" || state.sheet === "marked" ? {} : { sheet: state.sheet }) };
  const fragment = await fragmentOf(
    state.isExample ? { example: state.name, choices } : { text: state.text, choices },
  );
  const link = `${location.origin}${location.pathname}#${fragment}`;
  history.replaceState(structuredClone(state), "", link);
  try {
    await navigator.clipboard.writeText(link);
    say("The link is copied. It carries the description itself; nothing is stored anywhere.");
  } catch {
    say("The link stands in the address bar. It carries the description itself; nothing is stored anywhere.");
  }
}

/** Takes what history or the address says; the first example where they say nothing. */
async function restore(kept) {
  const usual = fillChoices.usual(facts);
  if (kept) {
    Object.assign(state, kept, { choices: { ...usual, ...kept.choices } });
    return present();
  }
  const { hash } = location;
  const shared = await sharedIn(hash);
  const example = examples[shared?.example] ? shared.example : shared?.text === undefined ? FIRST : "";
  const { sheet, ...choices } = shared?.choices ?? {};
  Object.assign(state, {
    name: example || "exercise",
    text: example ? examples[example] : shared.text,
    isExample: Boolean(example),
    answers: "",
    loss: "",
    sheet: ["worksheet", "key"].includes(sheet) ? sheet : "solution",
    choices: { ...usual, ...Object.fromEntries(Object.entries(choices).filter(([name, value]) => isChoice(name, value))) },
  });
  present();
  if (hash.length > 1 && !shared) say("The link could not be read; here is an example.");
}

function isChoice(name, value) {
  return Boolean(facts.choices[name]?.includes(value));
}

// What the buttons do.

/** Prints the sheet alone, as it is without its script: from a frame of its own, since a sheet with one is shut off. */
function print() {
  if (!madeSheet) return;
  const frame = $("printed");
  frame.onload = () => frame.contentWindow.print();
  frame.srcdoc = madeSheet;
}

function closeMenu() {
  $("downloads").hidden = true;
  $("download").setAttribute("aria-expanded", "false");
}

async function openFile(file) {
  if (!file) return;
  if (file.size > MOST_BYTES) return say(`${file.name} has more than 2 MB, and is no description.`);
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return say(`${file.name} is no text in UTF-8, and so no description.`);
  }
  take(file.name.replace(/\.[^.]*$/, "").replace(/[^\w.-]+/g, "-") || "exercise", text, false);
}

function wire() {
  $("example").replaceChildren(
    new Option("Your own", ""),
    ...facts.examples.map(({ name, title }) => new Option(title, name)),
  );
  $("example").onchange = ({ target }) => target.value && take(target.value, examples[target.value], true);
  $("open").onclick = () => $("file").click();
  $("file").onchange = ({ target }) => openFile(target.files[0]).then(() => (target.value = ""));
  $("solve").onclick = () => {
    if (state.sheet === "marked") choose("solution");
    if (getComputedStyle($("sheet-tab")).display !== "none") select("sheet");
    make();
  };
  $("blank").onclick = fillAnswers;
  $("check").onclick = () => {
    if (getComputedStyle($("sheet-tab")).display !== "none") select("sheet");
    check();
  };
  $("loss").onchange = ({ target }) => {
    state.loss = target.value;
    remember();
  };
  $("stop").onclick = () => engine.stop();
  $("share").onclick = share;
  $("print").onclick = print;
  $("download").onclick = () => {
    $("downloads").hidden = !$("downloads").hidden;
    $("download").setAttribute("aria-expanded", String(!$("downloads").hidden));
  };
  $("downloads").replaceChildren(
    ...DOWNLOADS.map(({ format, label }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.format = format;
      button.textContent = label;
      button.onclick = () => download(format);
      return button;
    }),
  );
  for (const button of document.querySelectorAll("[data-sheet]")) {
    button.onclick = () => {
      choose(button.dataset.sheet);
      make();
    };
  }
  document.addEventListener("click", ({ target }) => target.closest(".menu") || closeMenu());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !$("downloads").hidden) {
      closeMenu();
      $("download").focus();
    }
    if (event.key === "p" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      print();
    }
  });
  addEventListener("beforeprint", () => {
    const page = $("sheet").contentDocument?.documentElement;
    if (page) document.body.style.setProperty("--sheet-height", `${page.scrollHeight}px`);
  });
  wireTabs();
  wireDrop();
  addEventListener("popstate", ({ state: kept }) => restore(kept));
}

function wireTabs() {
  for (const tab of tabs) $(`${tab}-tab`).onclick = () => select(tab);
  document.querySelector('[role="tablist"]').onkeydown = ({ key: pressed, target }) => {
    const shown = tabs.filter((tab) => getComputedStyle($(`${tab}-tab`)).display !== "none");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[pressed];
    if (!step) return;
    const at = shown.findIndex((tab) => `${tab}-tab` === target.id);
    const next = shown[(at + step + shown.length) % shown.length];
    select(next);
    $(`${next}-tab`).focus();
  };
  select("description");
  // Where there is little room, the sheet comes first.
  $("choices").open = getComputedStyle($("sheet-tab")).display === "none";
}

function wireDrop() {
  const dropped = (event) => {
    const isFile = event.dataTransfer?.types.includes("Files");
    // The editor takes a text where it is dropped; before it would take a file likewise, and anything else be opened.
    if (isFile || !event.target.closest?.(".cm-content")) event.preventDefault();
    if (event.type === "drop" && isFile) openFile(event.dataTransfer.files[0]);
  };
  for (const type of ["dragover", "drop"]) document.addEventListener(type, dropped, true);
}

/** Waits for what keeps the files of the page, so that each is loaded once; where there is none, or on its failure, no longer. */
async function kept() {
  if (!navigator.serviceWorker) return;
  const isThere = new Promise((done) => {
    if (navigator.serviceWorker.controller) done();
    navigator.serviceWorker.addEventListener("controllerchange", done, { once: true });
  });
  const late = new Promise((done) => setTimeout(done, 4_000));
  await Promise.race([navigator.serviceWorker.register("sw.js").then(() => isThere, () => {}), late]);
}

wire();
hear({ kind: "loading", part: 0 });
restore(history.state);
kept().then(() => engine.start());
