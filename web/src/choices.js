/** The choices above a sheet: each a list, of which the first is usual. */

const $ = (id) => document.getElementById(id);

const WORDS = {
  form: { scalar: "Scalars", index: "General indices", matrix: "Matrices", both: "Scalars and matrices" },
  style: { delta: "In deltas", paths: "Path by path", expanded: "Written out" },
  detail: { compact: "Compact", full: "Every line", results: "Results alone" },
  level: {
    blank: "Blank",
    formulas: "Formulas given",
    chain: "Chain rule given",
    faded: "Every other line",
    full: "All filled in",
  },
  page: { plain: "To read", interactive: "To learn with" },
};

/** Which choices there are, what they are called, and for which sheets. */
const CHOICES = [
  { name: "detail", label: "Detail", sheets: ["solution"] },
  { name: "form", label: "Form", sheets: ["solution", "worksheet", "key"] },
  { name: "style", label: "Derivatives", sheets: ["solution"] },
  { name: "level", label: "Level", sheets: ["worksheet"] },
  { name: "page", label: "Page", sheets: ["solution", "worksheet"] },
  { name: "notation", label: "Notation", sheets: ["solution", "worksheet", "key", "marked"] },
  { name: "language", label: "Language", sheets: ["solution", "worksheet", "key", "marked"] },
];
/** What worksheets are not made in. */
const SOLUTION_ALONE = new Set(["index"]);

/** Names of languages in themselves. */
const inItself = (code) => new Intl.DisplayNames([code], { type: "language" }).of(code);

/**
 * Writes the choices.
 * @param {object} facts
 * @param {Record<string, string>} chosen
 * @param {(name: string, value: string) => void} changed
 */
export function fillChoices(facts, chosen, changed) {
  const fields = CHOICES.filter(({ name }) => name !== "language" || facts.choices.language.length > 1).map(
    ({ name, label }) => {
      const field = document.createElement("label");
      field.className = "choice";
      field.dataset.choice = name;
      const select = document.createElement("select");
      select.id = `choice-${name}`;
      if (name === "notation" || name === "language") select.append(new Option("As given", ""));
      for (const value of facts.choices[name]) {
        const text = name === "language" ? inItself(value) : (WORDS[name]?.[value] ?? value);
        const option = new Option(text, value);
        if (name === "notation") option.title = facts.notations[value];
        select.append(option);
      }
      select.value = chosen[name] ?? "";
      select.onchange = () => changed(name, select.value);
      field.append(label, " ", select);
      return field;
    },
  );
  $("choice-grid").replaceChildren(...fields);
}

/** What is chosen where nothing is: the first of each, and for notation and language what the description says. */
fillChoices.usual = ({ choices }) => ({
  ...Object.fromEntries(["form", "style", "detail", "level", "page"].map((name) => [name, choices[name][0]])),
  notation: "",
  language: "",
});

/** Shows the choices that a sheet has. @param {string} sheet */
export function shownChoices(sheet) {
  for (const { name, sheets } of CHOICES) {
    const field = document.querySelector(`[data-choice="${name}"]`);
    if (field) field.hidden = !sheets.includes(sheet);
  }
  for (const option of $("choice-form").options) option.hidden = sheet !== "solution" && SOLUTION_ALONE.has(option.value);
}
