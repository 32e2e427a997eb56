/** The two editors: of the description, with completion, and of the answers. */
import { acceptCompletion, autocompletion, completionKeymap, completionStatus } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { optionsAt, placeAt } from "./completion.js";

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: tags.string, color: "var(--good)" },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], color: "var(--quiet)" },
]);

const TICK = `url('data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><path d="M8 21l9 9 16-20" fill="none" stroke="%232a9d6a" stroke-width="6"/></svg>')`;

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--paper)", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--quiet)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--faint)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selected)",
  },
  ".cm-placeholder": { color: "var(--quiet)" },
  ".cm-matchingBracket": { backgroundColor: "var(--selected)", outline: "none" },
  ".cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--ink)", border: "1px solid var(--frame)", borderRadius: "6px" },
  // A line that is correct is told by a tick, and not by its being underlined.
  ".cm-lint-marker-info": { content: TICK },
  ".cm-lintRange-info": { backgroundImage: "none" },
  ".cm-tooltip-lint": { maxWidth: "min(36rem, 90vw)" },
  ".cm-diagnostic": { whiteSpace: "pre-wrap", padding: "0.4rem 0.7rem", fontFamily: "var(--sans)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-completionInfo": { maxWidth: "20rem", padding: "0.4rem 0.6rem", fontFamily: "var(--sans)" },
  ".cm-panels": { backgroundColor: "var(--faint)", color: "var(--ink)" },
});

/**
 * @typedef {object} Mark What is said of a line.
 * @property {number} line Counted from 1.
 * @property {number} [column] Counted from 1; without it, all of the line is meant.
 * @property {"error" | "warning" | "info"} severity
 * @property {string} text
 */

export class Editor {
  /**
   * @param {HTMLElement} parent
   * @param {object} how
   * @param {string} how.label What it is called by screen readers.
   * @param {string} how.hint What stands in it while it is empty.
   * @param {object} [how.schema] The schema that completion takes keys and words from.
   * @param {() => void} how.changed Is called when something was typed.
   * @param {() => void} how.done Is called at Ctrl+Enter.
   */
  constructor(parent, { label, hint, schema, changed, done }) {
    this.extensions = [
      lineNumbers(),
      history(),
      drawSelection(),
      indentOnInput(),
      indentUnit.of("  "),
      bracketMatching(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      EditorView.lineWrapping,
      yaml(),
      lintGutter(),
      syntaxHighlighting(colours),
      look,
      placeholder(hint),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed();
      }),
      ...(schema ? [autocompletion({ override: [(context) => completions(schema, context)], icons: false })] : []),
      keymap.of([
        { key: "Mod-Enter", run: () => (done(), true) },
        // Tab leaves the editor, as everywhere else, unless there is something to complete.
        { key: "Tab", run: (view) => completionStatus(view.state) === "active" && acceptCompletion(view) },
        { key: "Mod-]", run: indentMore },
        { key: "Mod-[", run: indentLess },
        ...completionKeymap,
        ...lintKeymap,
        ...searchKeymap,
        ...historyKeymap,
        ...defaultKeymap,
      ]),
    ];
    this.view = new EditorView({ state: this.state(""), parent });
  }

  state(text) {
    return EditorState.create({ doc: text, extensions: this.extensions });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** Takes another text, whose history begins anew. */
  set text(text) {
    this.view.setState(this.state(text));
  }

  /** Writes another text in the place of what is there, which can be undone. @param {string} text */
  replace(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** @param {Mark[]} marks */
  mark(marks) {
    const { doc } = this.view.state;
    const diagnostics = marks
      .filter(({ line }) => line >= 1 && line <= doc.lines)
      .map(({ line, column, severity, text }) => {
        const { from, to, text: content } = doc.line(line);
        const start = column ? Math.min(from + column - 1, to) : from + content.length - content.trimStart().length;
        const word = /^("[^"]*"|'[^']*'|[^\s,{}[\]]+)/.exec(doc.sliceString(start, to));
        const end = column && word ? start + word[0].length : to;
        return { from: start, to: Math.max(end, start), severity, message: text };
      });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Goes to a line. @param {number} line @param {number} [column] */
  go(line, column = 1) {
    const found = this.view.state.doc.line(Math.min(Math.max(line, 1), this.view.state.doc.lines));
    this.view.dispatch({ selection: { anchor: Math.min(found.from + column - 1, found.to) }, scrollIntoView: true });
    this.view.focus();
  }
}

function completions(schema, context) {
  const place = placeAt(context.state.doc.toString(), context.pos);
  if (!context.explicit && !place.word) return null;
  const options = optionsAt(schema, place).map(({ label, detail, isKey }) => ({
    label,
    info: detail || undefined,
    apply: isKey ? `${label}: ` : label,
    type: isKey ? "property" : "enum",
  }));
  return options.length ? { from: context.pos - place.word.length, options, filter: true } : null;
}
