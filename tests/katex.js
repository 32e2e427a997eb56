// Prints what KaTeX in strict mode finds wrong with formulas: a JSON list of [LaTeX, whether it is displayed] on standard input.
const katex = require(process.argv[2]);
const wrong = [];
for (const [source, displayMode] of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
  try {
    katex.renderToString(source, { displayMode, strict: "error", throwOnError: true, maxExpand: 1000 });
  } catch (error) {
    wrong.push([source, String(error.message)]);
  }
}
process.stdout.write(JSON.stringify(wrong));
