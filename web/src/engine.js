/** Python in a worker: one request at a time, with a limit of time, and a new worker where one had to be ended. */

/** Ends a request that was not answered: it was stopped, ran out of time, gave way to a newer one, or Python failed. */
export class Unanswered extends Error {
  /**
   * @param {"stopped" | "time" | "newer" | "failed"} reason
   * @param {string} [text] What Python says.
   */
  constructor(reason, text = "") {
    super(text || reason);
    this.reason = reason;
  }
}

/**
 * @typedef {object} Asked
 * @property {number} id
 * @property {string} name What the bridge is asked for.
 * @property {object} request
 * @property {number} seconds
 * @property {(answer: object) => void} resolve
 * @property {(error: Error) => void} reject
 */

export class Engine {
  /**
   * @param {(news: {kind: string, part?: number, text?: string}) => void} tell Is told what is going on: `loading`
   *   with the part that has come, `starting`, `ready`, `working`, `stage` with what is being done, `idle`, `broken`.
   */
  constructor(tell) {
    this.tell = tell;
    /** @type {Asked[]} */
    this.waiting = [];
    /** @type {Asked | null} */
    this.running = null;
    this.ready = false;
    this.last = 0;
    /** Milliseconds that the last answer took, without the start of Python and what went before. */
    this.took = 0;
  }

  /** Starts a worker, in which Python begins to load. */
  start() {
    this.worker?.terminate();
    this.ready = false;
    const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module", name: "symnet" });
    worker.onmessage = ({ data }) => worker === this.worker && this.hear(data);
    worker.onerror = (event) => worker === this.worker && this.hear({ kind: "broken", text: event.message });
    this.worker = worker;
  }

  /**
   * Asks the bridge. A request that still waits gives way to a newer one of the same name.
   * @param {string} name
   * @param {object} request
   * @param {number} seconds After which it is stopped.
   * @returns {Promise<object>}
   */
  ask(name, request, seconds) {
    return new Promise((resolve, reject) => {
      this.drop(name);
      this.waiting.push({ id: ++this.last, name, request, seconds, resolve, reject });
      this.next();
    });
  }

  /** Ends what is being worked out, and what waits, by a new worker. */
  stop() {
    const asked = [...(this.running ? [this.running] : []), ...this.waiting];
    this.waiting = [];
    this.end(new Unanswered("stopped"));
    for (const one of asked) one.reject(new Unanswered("stopped"));
    this.start();
  }

  /** @param {string} name */
  drop(name) {
    const [older, kept] = [this.waiting.filter((it) => it.name === name), this.waiting.filter((it) => it.name !== name)];
    this.waiting = kept;
    for (const one of older) one.reject(new Unanswered("newer"));
  }

  next() {
    if (!this.ready || this.running || !this.waiting.length) return;
    const asked = this.waiting.shift();
    this.running = asked;
    this.began = performance.now();
    this.clock = setTimeout(() => {
      this.end(new Unanswered("time"));
      this.start();
    }, asked.seconds * 1000);
    this.tell({ kind: "working", text: asked.name });
    this.worker.postMessage({ id: asked.id, name: asked.name, request: asked.request });
  }

  /** @param {Error | null} error @param {object} [answer] */
  end(error, answer) {
    const asked = this.running;
    this.running = null;
    clearTimeout(this.clock);
    this.took = performance.now() - this.began;
    if (!asked) return;
    if (error) asked.reject(error);
    else asked.resolve(answer);
    this.tell({ kind: "idle" });
  }

  /** @param {{kind: string, id?: number, part?: number, text?: string, answer?: object}} news */
  hear(news) {
    if (news.kind === "answer") {
      if (this.running?.id === news.id) this.end(null, news.answer);
    } else if (news.kind === "broken") {
      const wasReady = this.ready;
      this.end(new Unanswered("failed", news.text));
      // What could not even start would not start a second time.
      if (wasReady) this.start();
      else this.tell(news);
    } else {
      if (news.kind === "ready") this.ready = true;
      this.tell(news);
    }
    this.next();
  }
}
