// The import of an export. docs/operations.md says what it does with which file.
import { HubError } from "../hub_error.mjs";
import { readEntry } from "./entry_line.mjs";
import { readHeader } from "./header.mjs";
import { linesOf } from "./lines.mjs";
import { KINDS, StoredLog } from "./stored_log.mjs";
import { storageFailed } from "./writing.mjs";

/** @import { Header } from "./header.mjs" */
/** @import { Entry, Removed } from "./stored_log.mjs" */
/** @import { Writing } from "./writing.mjs" */

/** Entries of one transaction: as many as one removal of old updates takes away. */
const BATCH_ENTRIES = 256;
/** Characters of lines after which a transaction takes no further one. */
const BATCH_LENGTH = 262_144;

/** @typedef {{ number: number, text: string, entry: Entry }} Line */

/** One import into one hub. */
export class Import {
  #hub;
  #storage;
  #log;
  /** The newest entry of the hub, as long as nobody else adds one. */
  #newest;
  /** What the hub held when the import began. */
  #held;
  #header = /** @type {Header | undefined} */ (undefined);
  /** The last line that was read. */
  #before;
  #checked = 0;
  /** @type {Line[]} */
  #batch = [];
  #length = 0;
  #counts = { imported: 0, held: 0 };

  /**
   * @param {Writing} hub
   * @param {DurableObjectStorage} storage
   */
  constructor(hub, storage) {
    this.#hub = hub;
    this.#storage = storage;
    this.#log = new StoredLog(storage.sql);
    this.#newest = this.#log.newest();
    this.#held = this.#newest;
    this.#before = { last: 0, time: 0 };
  }

  /**
   * Reads the body to its end.
   *
   * @param {ReadableStream<Uint8Array>} body
   * @returns {Promise<{ imported: number, held: number, last: number }>}
   */
  async run(body) {
    try {
      for await (const line of linesOf(body)) await this.#take(line);
      await this.#write();
      await this.#end();
    } catch (error) {
      throw this.#counted(await this.#first(error));
    }
    return { ...this.#counts, last: this.#newest };
  }

  /** Keeps what came whole before a broken line, and gives the error of the first line that is broken. */
  async #first(/** @type {unknown} */ error) {
    try {
      await this.#write();
      return error;
    } catch (earlier) {
      return earlier;
    }
  }

  async #take(/** @type {{ number: number, text: string }} */ { number, text }) {
    const members = parsed(text, number);
    if (this.#header === undefined) {
      this.#header = inLine(number, () => readHeader(members));
      this.#before = { last: this.#header.after, time: 0 };
      this.#checked = this.#header.after;
      return this.#admit(this.#header);
    }
    const { until, removed } = this.#header;
    const entry = inLine(number, () => {
      const entry = readEntry(members, this.#before);
      const gone = Math.max(this.#before.last, removed.publications, removed.subscriptions, removed.closings);
      if (entry.sequence - 1 > gone) throw new Error(`the entry ${gone + 1} is missing before the entry ${entry.sequence}`);
      if (entry.sequence > until) throw new Error(`its sequence is ${entry.sequence}, and the header says that the log ends at ${until}`);
      return entry;
    });
    // Those that are held were accepted before: the first new one is compared with the newest of them.
    this.#before = { last: entry.sequence, time: entry.time };
    this.#batch.push({ number, text, entry });
    this.#length += text.length;
    if (this.#batch.length >= BATCH_ENTRIES || this.#length >= BATCH_LENGTH) await this.#write();
  }

  /** Whether the hub may hold a prefix of a file with this header. */
  #admit(/** @type {Header} */ { after, places, removed, until }) {
    const newest = this.#newest;
    if (after > newest) throw differs(`the file begins behind the entry ${after}, and the newest entry of the hub is ${newest}`);
    if (newest === 0) {
      if (places === undefined && until > 0) throw new HubError("line 1: the header has entries and no key of places", { status: 400 });
      return;
    }
    const own = this.#log.placeKey();
    if (own?.join() !== places?.join()) throw differs("the hub holds entries under another key of places: they are not those of the file");
    const held = this.#log.heldKinds();
    for (const kind of KINDS) {
      if (removed[kind] <= newest || !held[kind]) continue;
      throw differs(`the hub holds ${kind} and ends at ${newest}, and the file has none up to ${removed[kind]}`);
    }
  }

  /** Compares the lines that the hub holds, and adds the others in one transaction. */
  async #write() {
    const batch = this.#batch;
    [this.#batch, this.#length] = [[], 0];
    const split = batch.findIndex(({ entry }) => entry.sequence > this.#held);
    const fresh = split < 0 ? [] : batch.slice(split);
    this.#compare(split < 0 ? batch : batch.slice(0, split));
    if (fresh.length > 0) await this.#add(fresh);
  }

  #compare(/** @type {Line[]} */ lines) {
    const last = lines.at(-1)?.entry.sequence;
    if (last === undefined) return;
    const { removed } = /** @type {Header} */ (this.#header);
    const own = this.#log.removed();
    const held = new Map(this.#entriesUntil(last).map((entry) => [entry.sequence, entry]));
    for (const { number, entry } of lines) {
      const there = held.get(entry.sequence);
      held.delete(entry.sequence);
      if (there === undefined && entry.sequence <= own[kindOf(entry)]) continue;
      if (there !== undefined && sameText(there) === sameText(entry)) continue;
      const what = there === undefined ? "the hub does not hold" : "the hub holds another one of";
      throw differs(`line ${number}: ${what} the entry ${entry.sequence}`);
    }
    for (const entry of held.values()) {
      if (entry.sequence > removed[kindOf(entry)]) throw differs(`the hub holds the entry ${entry.sequence}, and the file does not`);
    }
    this.#counts.held += lines.length;
  }

  /** The entries of the hub that are not compared yet, up to this one. */
  #entriesUntil(/** @type {number} */ last) {
    const all = [];
    while (this.#checked < last) {
      const { entries, until } = this.#log.page({ after: this.#checked, until: last });
      all.push(...entries);
      this.#checked = until;
    }
    return all;
  }

  async #add(/** @type {Line[]} */ lines) {
    this.#begin();
    try {
      let run = [];
      for (const line of lines) {
        const { sequence } = line.entry;
        if (this.#owes(sequence)) {
          this.#restore(run);
          run = [];
          this.#mark((removed) => removed < sequence && removed);
        }
        run.push(line);
      }
      this.#restore(run);
    } finally {
      // A reader of the part that is here must know what is not.
      this.#mark((removed) => removed > this.#newest && this.#newest);
      await this.#storage.sync();
      this.#hub.kept();
    }
  }

  #restore(/** @type {Line[]} */ run) {
    const texts = run.map(({ text }) => text);
    const stood = run.flatMap(({ entry }) => [entry.sequence, entry.time, authorOf(entry)]);
    const why = this.#hub.restore(texts.join("\n"), Float64Array.from(stood));
    this.#newest = Math.max(this.#log.newest(), this.#newest);
    const at = run.findIndex(({ entry }) => entry.sequence > this.#newest);
    this.#counts.imported += at < 0 ? run.length : at;
    if (at >= 0) throw new HubError(`line ${run[at]?.number}: ${why}`, { status: 400 });
  }

  /** Makes sure that nobody else has added anything, and that places are told as in the file. */
  #begin() {
    if (this.#log.newest() !== this.#newest) {
      throw differs(`somebody else has added an entry to the hub, which ended at ${this.#newest}`);
    }
    const { places } = /** @type {Header} */ (this.#header);
    if (this.#newest === 0 && places !== undefined && !this.#hub.takePlaceKey(places)) throw storageFailed();
  }

  /** Whether a kind has gone up to somewhere before this place, and the hub is not told yet. */
  #owes(/** @type {number} */ sequence) {
    const { removed } = /** @type {Header} */ (this.#header);
    return KINDS.some((kind) => removed[kind] > this.#held && removed[kind] < sequence && removed[kind] > this.#marked[kind]);
  }

  /** Lets what the exported hub had removed count as removed here: of each kind up to where `place` says. */
  #mark(/** @type {(removed: number) => number | false} */ place) {
    const { removed } = /** @type {Header} */ (this.#header);
    KINDS.forEach((kind, at) => {
      // What the hub itself has removed is told already.
      const until = removed[kind] > this.#held && place(removed[kind]);
      if (until === false || until <= this.#marked[kind]) return;
      if (!this.#hub.removeAll(at, until)) throw storageFailed();
      this.#marked[kind] = until;
      this.#newest = Math.max(this.#newest, until);
    });
  }

  /** @type {Removed} */
  #marked = { publications: 0, subscriptions: 0, closings: 0 };

  async #end() {
    if (this.#header === undefined) throw new HubError("the file is empty; it begins with a header", { status: 400 });
    const { after, until, removed } = this.#header;
    const reached = Math.max(this.#before.last, after, removed.publications, removed.subscriptions, removed.closings);
    if (reached < until) {
      throw new HubError(`the file ends at the entry ${reached}, and its header promises ${until}: it was cut off`, { status: 400 });
    }
    if (this.#newest >= until) return;
    this.#begin();
    this.#mark((removed) => removed);
    await this.#storage.sync();
  }

  /** The same error, with what is imported all the same. */
  #counted(/** @type {unknown} */ error) {
    const { imported, held } = this.#counts;
    const { message, status = 400 } = /** @type {HubError} */ (error);
    return new HubError(`${message}; ${imported} entries were imported, and ${held} were held before`, { status, cause: error });
  }
}

/** @returns {any} */
function parsed(/** @type {string} */ text, /** @type {number} */ number) {
  return inLine(number, () => JSON.parse(text));
}

/**
 * @template T
 * @param {number} number
 * @param {() => T} read
 */
function inLine(number, read) {
  try {
    return read();
  } catch (error) {
    throw new HubError(`line ${number}: ${/** @type {Error} */ (error).message}`, { status: 400, cause: error });
  }
}

function kindOf(/** @type {Entry} */ { kind, close }) {
  if (close !== undefined) return "closings";
  return kind === undefined ? "publications" : "subscriptions";
}

function authorOf(/** @type {Entry} */ { kind, idOf }) {
  if (kind === "subscription") return 2;
  return idOf === "hub" ? 1 : 0;
}

/** The entry as a text that is the same for the same entry. */
function sameText(/** @type {Entry} */ entry) {
  return JSON.stringify(entry);
}

function differs(/** @type {string} */ message) {
  return new HubError(message, { status: 409 });
}
