// The removal of everything that a hub holds.
import { HubError } from "../hub_error.mjs";
import { StoredLog } from "./stored_log.mjs";

/** The kinds that a hub clears, as it counts them: publications, and updates about subscriptions. */
const UPDATES = [0, 1];

/**
 * Removes all updates, and waits until that is durable.
 *
 * @param {Pick<import("./import.mjs").Writing, "removeAll">} hub
 * @param {DurableObjectStorage} storage
 */
export async function clear(hub, storage) {
  const log = new StoredLog(storage.sql);
  // A hub that has kept nothing stays without tables.
  if (!log.exists()) return { removed: 0 };
  const removed = log.count();
  if (!UPDATES.every((kind) => hub.removeAll(kind, 0))) throw new HubError("the storage of the hub failed", { status: 503 });
  await storage.sync();
  return { removed };
}
