// The export of a hub: NDJSON that an import reads. docs/operations.md has the format.
import { HubError } from "../hub_error.mjs";
import { headerLine, isPlace } from "./header.mjs";
import { KINDS, StoredLog } from "./stored_log.mjs";

/** @import { Removed } from "./stored_log.mjs" */

/** The place behind which an export begins. */
export function placeIn(/** @type {unknown} */ after = 0) {
  if (isPlace(after)) return /** @type {number} */ (after);
  throw new HubError(`after is ${String(after)}; it must be the sequence of an entry, or 0`, { status: 400, field: "after" });
}

/**
 * The stream of an export. It ends with the newest entry of now, and reads a page when it is asked for bytes.
 *
 * @param {DurableObjectStorage} storage
 * @param {{ hub: string, after: number }} about
 */
export async function exportOf(storage, { hub, after }) {
  const log = new StoredLog(storage.sql);
  const until = log.newest();
  if (after > until) {
    throw new HubError(`after is ${after}, and the newest entry of the hub is ${until}`, { status: 400, field: "after" });
  }
  // What a crash would take back is not exported.
  await storage.sync();
  const lines = new Lines(log, { hub, after, until });
  return new ReadableStream(
    {
      type: "bytes",
      pull(controller) {
        const text = lines.next();
        if (text !== undefined) return controller.enqueue(new TextEncoder().encode(text));
        controller.close();
        controller.byobRequest?.respond(0);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The lines of one export. */
class Lines {
  #log;
  #hub;
  #after;
  #cursor;
  #until;
  /** @type {Removed | undefined} */
  #removed;
  #isOver = false;

  /**
   * @param {StoredLog} log
   * @param {{ hub: string, after: number, until: number }} about
   */
  constructor(log, { hub, after, until }) {
    this.#log = log;
    this.#hub = hub;
    this.#after = after;
    this.#cursor = after;
    this.#until = until;
  }

  /** The next lines; undefined at the end. */
  next() {
    if (this.#isOver) return undefined;
    try {
      return this.#removed === undefined ? this.#header() : this.#page();
    } catch (error) {
      this.#isOver = true;
      const detail = error instanceof Error ? error.message : String(error);
      return line({ error: { status: 409, title: "Conflict", detail } });
    }
  }

  #header() {
    const log = this.#log;
    const exists = log.exists();
    this.#removed = exists ? log.removed() : { publications: 0, subscriptions: 0, closings: 0 };
    this.#isOver = this.#cursor === this.#until;
    const places = exists ? log.placeKey() : undefined;
    const header = { hub: this.#hub, places, after: this.#after, until: this.#until, removed: this.#removed };
    return `${headerLine(header)}\n`;
  }

  #page() {
    const [now, before] = [this.#log.removed(), /** @type {Removed} */ (this.#removed)];
    for (const kind of KINDS) {
      if (now[kind] <= Math.max(before[kind], this.#cursor)) continue;
      throw new Error(`the hub removed ${kind} up to ${now[kind]} while the export had come to ${this.#cursor}; begin it again`);
    }
    let text = "";
    while (text === "" && !this.#isOver) {
      const { entries, until } = this.#log.page({ after: this.#cursor, until: this.#until });
      this.#cursor = until;
      this.#isOver = until === this.#until;
      text = entries.map(line).join("");
    }
    return text === "" ? undefined : text;
  }
}

function line(/** @type {object} */ members) {
  return `${JSON.stringify(members)}\n`;
}
