/** Runs compile.py in the Pyodide of the page, whose bytecode no other Python writes: node compile.mjs WORK. */
import { readFile } from "node:fs/promises";
import { loadPyodide } from "pyodide";

const work = process.argv[2];
const python = await loadPyodide({ env: { HOME: "/home", PYTHONNODEBUGRANGES: "1", PYDANTIC_DISABLE_PLUGINS: "__all__" } });
python.FS.mkdirTree("/page");
python.FS.mount(python.FS.filesystems.NODEFS, { root: work }, "/page");
try {
  python.runPython(await readFile(new URL("compile.py", import.meta.url), "utf8"));
} catch (error) {
  // Node would print the whole of Pyodide, which is one line, before the message.
  console.error(error.message);
  process.exit(1);
}
