// The index: which hubs there are, by what they have reported.
//
// It is an object of the hubs' class under a name that no hub can have. It needs no wasm: a trap harms it in nothing.

/** @import { HubList } from "./types.d.ts" */

/** The name of the index. */
export const INDEX = ".index";
/** The most hubs in one answer. */
export const MAX_LISTED = 1_000;
/** The hubs that are read at once when all are asked for: their reports have some 200 kB. */
const PAGE = 256;

const TABLE = `CREATE TABLE IF NOT EXISTS hubs (
  name TEXT PRIMARY KEY, time INTEGER NOT NULL, figures TEXT NOT NULL
) WITHOUT ROWID`;

/**
 * What a hub says of itself: its name, when it says so, and its figures as JSON.
 *
 * @typedef {{ name: string, time: number, figures: string }} Report
 */

/** The hubs of a deployment. */
export class HubIndex {
  #sql;
  #exists;

  constructor(/** @type {DurableObjectStorage} */ storage) {
    this.#sql = storage.sql;
    this.#exists = this.#sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'hubs'").toArray().length > 0;
  }

  /** Takes reports. A report that was overtaken by a newer one changes nothing. */
  report(/** @type {Report[]} */ reports) {
    if (!this.#exists) this.#sql.exec(TABLE);
    this.#exists = true;
    for (const { name, time, figures } of reports) {
      this.#sql.exec(
        `INSERT INTO hubs VALUES (?, ?, ?) ON CONFLICT DO UPDATE
           SET time = excluded.time, figures = excluded.figures WHERE excluded.time >= time`,
        ...[name, time, figures],
      );
    }
  }

  /**
   * The hubs behind this name, in the order of their names.
   *
   * @param {{ after: string, limit: number }} page
   * @returns {HubList}
   */
  list({ after, limit }) {
    const rows = this.#rows("SELECT name, time FROM hubs WHERE name > ? ORDER BY name LIMIT ?", after, limit + 1);
    const hubs = rows.slice(0, limit);
    return rows.length > limit ? { hubs, next: hubs[limit - 1].name } : { hubs };
  }

  /** Forgets a hub. */
  forget(/** @type {string} */ name) {
    this.#rows("DELETE FROM hubs WHERE name = ?", name);
  }

  /**
   * All reports as NDJSON, sorted by name. They are read as they are pulled.
   *
   * @returns {ReadableStream<Uint8Array>}
   */
  all() {
    const encoder = new TextEncoder();
    let after = "";
    return new ReadableStream({
      type: "bytes",
      pull: (controller) => {
        const rows = this.#rows("SELECT name, time, figures FROM hubs WHERE name > ? ORDER BY name LIMIT ?", after, PAGE);
        if (rows.length === 0) {
          controller.close();
          return controller.byobRequest?.respond(0);
        }
        after = rows.at(-1).name;
        controller.enqueue(encoder.encode(rows.map(line).join("")));
      },
    });
  }

  /**
   * @param {string} query
   * @param {...(string | number)} bindings
   * @returns {any[]}
   */
  #rows(query, ...bindings) {
    return this.#exists ? this.#sql.exec(query, ...bindings).toArray() : [];
  }
}

/** The line of a hub. Its figures are JSON already. */
function line(/** @type {Report} */ { name, time, figures }) {
  return `{"name":${JSON.stringify(name)},"time":${time},"figures":${figures}}\n`;
}
