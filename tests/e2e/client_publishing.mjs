// What tests of publishing look at: the log of a hub, and a hub behind connections that fail.
import { publish, subscribe } from "../../npm/client/index.mjs";
import { FaultProxy } from "./fault_proxy.mjs";

/** How a cut answer ends. */
export const CUTS = ["reset", "end"];

/** What is in the log of a hub: `[id, data]` of each update. */
export async function logOf(hub) {
  const log = [];
  const { id } = await publish(hub, { topic: "end" });
  for await (const update of subscribe(hub, { topics: "*", lastEventId: "earliest" })) {
    if (update.id === id) return log;
    log.push([update.id, update.data]);
  }
}

/** Proxies to the hub with these faults, one for each list, and their URLs of it. */
export async function throughProxies(t, hub, plans) {
  const proxies = await Promise.all(plans.map((faults) => FaultProxy.to(Number(new URL(hub).port), faults)));
  t.after(() => proxies.forEach((proxy) => proxy.close()));
  return { proxies, urls: proxies.map((proxy) => proxy.at(hub).href) };
}
