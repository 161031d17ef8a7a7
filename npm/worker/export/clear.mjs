// The removal of everything that a hub holds.
import { KINDS, StoredLog } from "./stored_log.mjs";
import { storageFailed } from "./writing.mjs";

/** The kinds that a hub clears: closings stay. */
const UPDATES = [KINDS.indexOf("publications"), KINDS.indexOf("subscriptions")];

/**
 * Removes all updates, and waits until that is durable.
 *
 * @param {Pick<import("./writing.mjs").Writing, "removeAll">} hub
 * @param {DurableObjectStorage} storage
 */
export async function clear(hub, storage) {
  const log = new StoredLog(storage.sql);
  // A hub that has kept nothing stays without tables.
  if (!log.exists()) return { removed: 0 };
  const removed = log.count();
  if (!UPDATES.every((kind) => hub.removeAll(kind, 0))) throw storageFailed();
  await storage.sync();
  return { removed };
}
