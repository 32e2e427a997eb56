/** The worker in which Python runs: it starts Pyodide and symnet, and answers one request after the other. */
import { loadPyodide } from "pyodide";

/** Where Pyodide and the archives lie: beside this file. */
const HERE = new URL("./", self.location.href).href;
/** Set by the build: the bytes of each file that Python is made of, by its name. */
/* global PYTHON_FILES, PYODIDE_INFO */
const EXPECTED = Object.values(PYTHON_FILES).reduce((sum, bytes) => sum + bytes, 0);

/**
 * Importing makes a great many objects, all of which stay: collecting garbage meanwhile finds none. Descriptions are
 * read where the examples lie, so that one may name a notation beside it.
 */
const START = `
import gc, os, sys
gc.disable()
sys.path.insert(0, "/symnet")
os.chdir("/symnet/examples")
import bridge
gc.freeze()
gc.enable()
bridge.answer
`;

let received = 0;
const fetchFile = self.fetch.bind(self);

/**
 * Fetches a file and tells the page how much has come. Large files lie here compressed, since not every server
 * compresses, and are unpacked as they arrive.
 */
self.fetch = async (resource, options) => {
  const url = new URL(typeof resource === "string" ? resource : resource.url ?? resource.href, HERE);
  const name = url.href.slice(HERE.length);
  const packed = `${name}.packed` in PYTHON_FILES;
  const response = await fetchFile(packed ? `${url.href}.packed` : url, options);
  if (!response.ok || !response.body) throw new Error(`${name} could not be loaded (${response.status})`);
  if (!packed) return response;
  const counted = new TransformStream({
    transform(chunk, out) {
      received += chunk.length;
      post({ kind: "loading", part: Math.min(received / EXPECTED, 1) });
      out.enqueue(chunk);
    },
  });
  const body = response.body.pipeThrough(counted).pipeThrough(new DecompressionStream("gzip"));
  const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  return new Response(body, { headers: { "Content-Type": type } });
};

function post(message) {
  self.postMessage(message);
}

async function start() {
  const archive = fetch(`${HERE}symnet.zip`).then((response) => response.arrayBuffer());
  const python = await loadPyodide({
    indexURL: HERE,
    stdLibURL: `${HERE}python.zip`,
    lockFileContents: { info: PYODIDE_INFO, packages: {} },
    env: { HOME: "/home", PYDANTIC_DISABLE_PLUGINS: "__all__", PYTHONDONTWRITEBYTECODE: "1" },
  });
  post({ kind: "starting" });
  python.unpackArchive(await archive, "zip", { extractDir: "/symnet" });
  python.registerJsModule("page", { stage: (text) => post({ kind: "stage", text }) });
  return python.runPython(START);
}

const started = start();
started.then(
  () => post({ kind: "ready" }),
  (error) => post({ kind: "broken", text: String(error.message ?? error) }),
);

self.onmessage = async ({ data: { id, name, request } }) => {
  try {
    const answer = await started;
    post({ kind: "answer", id, answer: JSON.parse(answer(name, JSON.stringify(request))) });
  } catch (error) {
    // Python itself has failed, or symnet in a way that it does not know; the page takes a new worker.
    post({ kind: "broken", id, text: String(error.message ?? error) });
  }
};
