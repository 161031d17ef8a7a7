// The calls by RPC that copy a hub: npm/worker/operator.mjs makes them of requests over HTTP.
import { clear } from "./export/clear.mjs";
import { exportOf, placeIn } from "./export/export.mjs";
import { Import } from "./export/import.mjs";
import { HubError } from "./hub_error.mjs";
import { LIFE } from "./living_object.mjs";
import { checkedName } from "./mount.mjs";
import { OperatorCalls } from "./operator_calls.mjs";
import { kind, readCall } from "./update.mjs";

/** What the operator of a hub may do with its history. */
export class ExportCalls extends OperatorCalls {
  /**
   * Exports what the hub holds behind the entry `after`, as NDJSON in bytes: a header, and a line for each update and each
   * closing. It ends with the newest entry of the call, or with a line that has an `error`.
   *
   * @param {import("./types.d.ts").ExportOptions} [options]
   * @returns {Promise<ReadableStream<Uint8Array>>}
   */
  async export(options) {
    const { after } = readCall(options, ["after"]);
    this[LIFE].check();
    return exportOf(this.ctx.storage, { hub: checkedName(this.ctx.id.name), after: placeIn(after) });
  }

  /**
   * Imports the export of a hub into this one, which is empty or holds the beginning of it. Resolves when all of it is
   * durable.
   *
   * @param {ReadableStream<Uint8Array>} lines
   * @returns {Promise<import("./types.d.ts").Imported>}
   */
  async import(lines) {
    if (!(lines instanceof ReadableStream)) {
      throw new HubError(`import was given ${kind(lines)}; it takes a stream of NDJSON in bytes`, { status: 400, field: "lines" });
    }
    return this[LIFE].imports.run(() => new Import(this.#writing(), this.ctx.storage).run(lines));
  }

  /**
   * Removes all updates that the hub holds. Closed topics stay closed, connections go on, and the numbering does. Resolves
   * to how many there were.
   *
   * @returns {Promise<{ removed: number }>}
   */
  async clear() {
    return clear(this.#writing(), this.ctx.storage);
  }

  /**
   * The exports of the hub that write to its log without a publication, and who is told of it.
   *
   * @returns {import("./export/writing.mjs").Writing}
   */
  #writing() {
    this[LIFE].check();
    return {
      takePlaceKey: (key) => this[LIFE].call((hub) => hub.takePlaceKey(key)),
      restore: (lines, stood) => this[LIFE].call((hub) => hub.restore(lines, stood)),
      removeAll: (kind, until) => this[LIFE].call((hub) => hub.removeAll(kind, until)),
      kept: () => this[LIFE].reports.kept(),
    };
  }
}
