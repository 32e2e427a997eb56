/** What may stand at a place of a description, from the schema: keys with what they mean, and words. */

/**
 * A place in a description.
 * @typedef {object} Place
 * @property {(string | number)[]} path The keys that lead to it; a number is any entry of a list.
 * @property {boolean} isValue Whether a value stands there; else a key may, too.
 * @property {string} word What is there of it already.
 * @property {Set<string>} present The keys that the same mapping has already.
 */

/** @typedef {{label: string, detail: string, isKey: boolean}} Option */

const KEY = /^(["']?)([A-Za-z_][\w./' -]*?)\1\s*:(?=\s|$)/;
const WORD = /[\w./-]*$/;
const ENTRY = 0;

/** Reads a description line by line, and knows which keys lead to where it is. */
class Walker {
  constructor() {
    /** Keys and entries of lists, each with its column. @type {{column: number, step: string | number, present: Set<string>}[]} */
    this.block = [];
    /** Brackets that are open. @type {{isMap: boolean, key: string | null, present: Set<string>}[]} */
    this.flow = [];
    this.root = new Set();
  }

  /** Reads a line; returns where in it a value begins that stands in no brackets, or -1. */
  line(text) {
    if (this.flow.length) {
      this.inline(text);
      return -1;
    }
    let column = text.length - text.trimStart().length;
    if (column === text.length || text[column] === "#") return -1;
    while (/^-(\s|$)/.test(text.slice(column))) {
      this.leave(column, true);
      this.block.push({ column, step: ENTRY, present: new Set() });
      column += 1 + (text.slice(column + 1).length - text.slice(column + 1).trimStart().length);
    }
    const found = KEY.exec(text.slice(column));
    if (!found) {
      this.leave(column, false);
      this.inline(text.slice(column));
      return column;
    }
    this.leave(column, false);
    this.siblings().add(found[2]);
    this.block.push({ column, step: found[2], present: new Set() });
    const value = column + found[0].length;
    this.inline(text.slice(value));
    return value;
  }

  /** Leaves what a line that begins at a column is no part of; an entry may stand right below its key. */
  leave(column, isEntry) {
    const isLeft = (it) => it.column > column || (it.column === column && (!isEntry || it.step === ENTRY));
    while (this.block.length && isLeft(this.block.at(-1))) this.block.pop();
  }

  /** The keys of the mapping in which a block key would stand now. */
  siblings() {
    return this.block.length ? this.block.at(-1).present : this.root;
  }

  /** Reads what stands behind a key, or within brackets. */
  inline(text) {
    let word = "";
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (character === "#" && (at === 0 || /\s/.test(text[at - 1]))) return;
      if ((character === '"' || character === "'") && !word.trim()) {
        const end = text.indexOf(character, at + 1);
        word = text.slice(at + 1, end < 0 ? text.length : end);
        at = end < 0 ? text.length : end;
      } else if (character === "{" || character === "[") {
        if (this.flow.length || !word.trim()) {
          this.flow.push({ isMap: character === "{", key: null, present: new Set() });
        }
        word = "";
      } else if (!this.flow.length) {
        word += character;
      } else if (character === "}" || character === "]") {
        this.flow.pop();
        word = "";
      } else if (character === ",") {
        this.flow.at(-1).key = null;
        word = "";
      } else if (character === ":" && this.flow.at(-1).isMap && /^(\s|$)/.test(text.slice(at + 1))) {
        this.flow.at(-1).key = word.trim();
        this.flow.at(-1).present.add(word.trim());
        word = "";
      } else {
        word += character;
      }
    }
  }

  path() {
    const inner = this.flow.flatMap((it) => (!it.isMap ? [ENTRY] : it.key === null ? [] : [it.key]));
    return [...this.block.map((it) => it.step), ...inner];
  }
}

/**
 * Returns the place at an offset.
 * @param {string} text A description.
 * @param {number} offset
 * @returns {Place}
 */
export function placeAt(text, offset) {
  const lines = text.slice(0, offset).split("\n");
  const last = lines.pop();
  const walker = new Walker();
  for (const line of lines) walker.line(line);
  const word = WORD.exec(last)[0];
  const before = last.slice(0, last.length - word.length);
  const wasInside = walker.flow.length > 0;
  // A line of nothing but dashes leads to an entry, whose first key stands at the cursor.
  const value = walker.line(before);
  const flow = walker.flow.at(-1);
  if (flow) {
    return { path: walker.path(), isValue: !flow.isMap || flow.key !== null, word, present: flow.present };
  }
  const isValue = !wasInside && value >= 0 && KEY.test(last.trimStart().replace(/^(-\s+)*/, ""));
  if (!isValue && !/^\s*(-\s+)*$/.test(before)) return { path: [], isValue: true, word: "\0", present: new Set() };
  if (!isValue) walker.leave(before.length, false);
  return { path: walker.path(), isValue, word, present: isValue ? new Set() : walker.siblings() };
}

/**
 * Returns what may stand at a place.
 * @param {object} schema The JSON Schema of descriptions.
 * @param {Place} place
 * @returns {Option[]}
 */
export function optionsAt(schema, place) {
  let nodes = branches(schema, [schema]);
  for (const step of place.path) {
    const below = nodes.map((node) => (step === ENTRY ? node.items : node.properties?.[step])).filter(Boolean);
    nodes = branches(schema, below);
  }
  /** @type {Map<string, Option>} */
  const found = new Map();
  for (const node of nodes) {
    for (const word of node.enum ?? []) {
      found.set(String(word), { label: String(word), detail: "", isKey: false });
    }
    if (place.isValue) continue;
    for (const [name, of] of Object.entries(node.properties ?? {})) {
      if (!place.present.has(name)) found.set(name, { label: name, detail: of.description ?? "", isKey: true });
    }
  }
  return [...found.values()].filter((it) => it.label.startsWith(place.word));
}

/** Returns schemas with all that they refer to and choose among. */
function branches(schema, nodes) {
  const found = [];
  const left = [...nodes];
  while (left.length) {
    const node = left.pop();
    found.push(node);
    if (node.$ref) left.push(schema.$defs[node.$ref.split("/").pop()]);
    left.push(...(node.anyOf ?? []), ...(node.oneOf ?? []));
  }
  return found;
}
