// The metrics of a hub: their names, what they tell, and the figures that they are made of.
//
// A figure has a name such as `ended.too slow`, in parts with dots between them. A pattern has `*` for a part that is the
// value of a label.

/**
 * @typedef {object} Family
 * @property {string} name with its unit, and `_total` for a counter
 * @property {"counter" | "gauge" | "histogram"} type
 * @property {string} figures the pattern of their names
 * @property {string[]} [labels] the names of the labels beside `hub`
 * @property {string} help
 * @property {number} [per] how many of the figure's unit are one of the family's
 * @property {boolean} [isTime] whether a figure is a time, in milliseconds since 1970, of which the age is told
 */

/** Figures of time are in milliseconds. */
const MILLIS = 1_000;

/**
 * The families. Each figure belongs to the first one that it fits.
 *
 * @type {Family[]}
 */
export const FAMILIES = [
  { name: "mercure_subscribers_total", type: "counter", figures: "subscribers", help: "Subscriptions that have begun, without those that came back to a hub that knew them." },
  { name: "millstream_connections", type: "gauge", figures: "connections.*.*", labels: ["transport", "state"], help: "Connections by who holds their streams, the hub (stream) or a Worker (link), and by state; leaving ones have ended, and their clients have not taken everything." },
  { name: "millstream_connection_places", type: "gauge", figures: "places.taken", help: "Places for connections that are taken." },
  { name: "millstream_connection_places_limit", type: "gauge", figures: "places.limit", help: "Places for connections that there are; 0 is no limit." },
  { name: "millstream_ended_connections_total", type: "counter", figures: "ended.*", labels: ["reason"], help: "Connections that have ended, by reason." },
  { name: "millstream_slow_consumers_total", type: "counter", figures: "slow.*.*", labels: ["policy", "outcome"], help: "Readers that fell behind, by the policy and by what became of them: ended ones, and updates that were left out." },
  { name: "millstream_updates_total", type: "counter", figures: "updates.*", labels: ["kind"], help: "Updates that subscribers may read, private ones included: publications, those about subscriptions, and closings of topics." },
  { name: "millstream_idempotency_hits_total", type: "counter", figures: "idempotency.hits", help: "Publications that came again with the same idempotency key." },
  { name: "millstream_refusals_total", type: "counter", figures: "refused.*.*", labels: ["reason", "status"], help: "Requests that were refused, at the door and by the hub." },
  { name: "millstream_tokens_total", type: "counter", figures: "tokens.*", labels: ["outcome"], help: "Tokens that came with requests: verified ones, and refused ones by error." },
  { name: "millstream_key_set_fetches_total", type: "counter", figures: "key sets.*", labels: ["outcome"], help: "Fetches of key sets for requests to this hub." },
  { name: "millstream_deliveries_total", type: "counter", figures: "deliveries", help: "Updates that were handed to connections, once for each connection." },
  { name: "millstream_delivered_chunks_total", type: "counter", figures: "delivered.chunks", help: "Chunks that were handed to streams." },
  { name: "millstream_delivered_bytes_total", type: "counter", figures: "delivered.bytes", help: "Bytes that were handed to streams." },
  { name: "millstream_latency_seconds", type: "histogram", figures: "latency.*", per: MILLIS, help: "Time from the acceptance of an update until all connections that waited for it were given it." },
  { name: "millstream_flush_updates", type: "histogram", figures: "flush size.*", help: "Updates that go out together." },
  { name: "millstream_flush_duration_seconds", type: "histogram", figures: "flush duration.*", per: MILLIS, help: "Time from the first turn of a flush to its last one." },
  { name: "millstream_linger_seconds", type: "gauge", figures: "linger", per: MILLIS, help: "How long the next update waits for others." },
  { name: "millstream_history_updates", type: "gauge", figures: "history.*.updates", labels: ["kind"], help: "Updates that are held." },
  { name: "millstream_history_bytes", type: "gauge", figures: "history.*.bytes", labels: ["kind"], help: "Bytes of the updates that are held." },
  { name: "millstream_history_oldest_age_seconds", type: "gauge", figures: "history.*.oldest", labels: ["kind"], per: MILLIS, isTime: true, help: "Age of the oldest update that is held; 0 if none is." },
  { name: "millstream_closed_topics", type: "gauge", figures: "closed", help: "Topics that are closed." },
  { name: "millstream_reads_total", type: "counter", figures: "reads.*", labels: ["from"], help: "Reads of updates for connections: from the window in memory, or from the history in the storage." },
  { name: "millstream_window_updates", type: "gauge", figures: "window.updates", help: "Updates in memory." },
  { name: "millstream_window_bytes", type: "gauge", figures: "window.bytes", help: "Bytes of the updates in memory." },
  { name: "millstream_memory_limit_bytes", type: "gauge", figures: "memory.limit", help: "MEMORY, which bounds what is charged; 0 is no limit." },
  { name: "millstream_memory_charged_bytes", type: "gauge", figures: "memory.*", labels: ["for"], help: "Memory that is charged against MEMORY." },
  { name: "millstream_link_granted_bytes_total", type: "counter", figures: "links.granted", help: "Bytes that Workers have asked for on links, as their clients read." },
  { name: "millstream_links_total", type: "counter", figures: "links.*", labels: ["event"], help: "Links of Workers: opened, opened again, replaced, woken with the hub, and lost." },
  { name: "millstream_lives_total", type: "counter", figures: "lives.*", labels: ["cause"], help: "Lives of the hub's object by what they began after: nothing (first), a sleep (woken), a trap, a write that was not confirmed, or its deletion." },
];

/**
 * Sums of the figures of other families, under the names of the reference hub.
 *
 * @type {(Family & { except?: string })[]}
 */
export const SUMS = [
  { name: "mercure_subscribers_connected", type: "gauge", figures: "connections.*.*", except: "leaving", help: "Connections that are open." },
  { name: "mercure_updates_total", type: "counter", figures: "updates.publication", help: "Publications that subscribers may read, private ones included." },
];

/**
 * The age of a report, where it is not the hub itself that tells the figures.
 *
 * @type {Family}
 */
export const AGE = { name: "millstream_report_age_seconds", type: "gauge", figures: "", help: "How long ago the hub has reported the figures that are shown here; only in the metrics of all hubs." };

/** The values of the labels of a figure of this family; undefined if it is another's. */
export function valuesIn(/** @type {string[]} */ parts, /** @type {Family} */ { figures }) {
  const pattern = figures.split(".");
  if (parts.length !== pattern.length || !pattern.every((part, at) => part === "*" || part === parts[at])) return undefined;
  return parts.filter((_, at) => pattern[at] === "*");
}

/** The family of a figure. */
export function familyOf(/** @type {string[]} */ parts) {
  return FAMILIES.find((family) => valuesIn(parts, family) !== undefined);
}
