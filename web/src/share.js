/** Links that carry a description: the part behind the #, which no browser sends to a host. */

/** The characters of a description that are unpacked from a link, as symnet takes at most of a file. */
const MOST_CHARACTERS = 2_000_000;

/**
 * @typedef {object} Shared
 * @property {string} [text] The description.
 * @property {string} [example] The name of an example, in the place of a description.
 * @property {Record<string, string>} choices
 */

/**
 * Returns the fragment for a link, without the #.
 * @param {Shared} shared
 */
export async function fragmentOf({ text, example, choices }) {
  const held = new URLSearchParams(example ? { example } : {});
  if (!example) held.set("d", await packed(text ?? ""));
  for (const [name, value] of Object.entries(choices)) held.set(name, value);
  return held.toString();
}

/**
 * Returns what a fragment carries, or null where it carries nothing that can be read.
 * @param {string} fragment With or without the #.
 * @returns {Promise<Shared | null>}
 */
export async function sharedIn(fragment) {
  const held = new URLSearchParams(fragment.replace(/^#/, ""));
  const choices = Object.fromEntries([...held].filter(([name]) => name !== "d" && name !== "example"));
  const example = held.get("example");
  if (example) return { example, choices };
  const text = held.get("d");
  if (text === null) return null;
  try {
    return { text: await unpacked(text), choices };
  } catch {
    return null;
  }
}

/** @param {string} text */
async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let plain = "";
  for (const byte of bytes) plain += String.fromCharCode(byte);
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text */
async function unpacked(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(plain, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.pipeThrough(new TextDecoderStream("utf-8", { fatal: true })).getReader();
  let found = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return found;
    found += value;
    // A few kilobytes can unpack to gigabytes.
    if (found.length > MOST_CHARACTERS) {
      await reader.cancel();
      throw new Error("too long");
    }
  }
}
