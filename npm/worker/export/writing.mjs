// What writes to the log of a hub without a publication.
import { HubError } from "../hub_error.mjs";

/**
 * What an import needs of the hub. `kept` is told that entries are durable.
 *
 * @typedef {Pick<import("../../../build/millstream.js").HubObject, "takePlaceKey" | "restore" | "removeAll"> & { kept: () => void }} Writing
 */

/** The error of a call that answers that it did not go well. */
export function storageFailed() {
  return new HubError("the storage of the hub failed", { status: 503 });
}
