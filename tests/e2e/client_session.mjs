// A session of the hub, and its replay to many readers. Each of them comes through a proxy with faults of its own.
import assert from "node:assert/strict";
import { publish, subscribeUrl } from "./clients.mjs";
import { FaultProxy, KINDS } from "./fault_proxy.mjs";
import { Stream } from "./stream.mjs";
import { until } from "./until.mjs";

/** The updates of a session: lines, letters of two to four bytes, types, topics, no text at all. */
const UPDATES = [
  { id: "1", topic: ["a", "é/😀"], data: "one\ntwo\n\nfour" },
  { id: "2", topic: ["b"], data: "Ω € 😀\u2028", type: "typed" },
  { id: "3", topic: ["a", "b", "c"], data: ' {"id": 3}', retry: "500" },
  { id: "4", topic: ["a"], data: "" },
  { id: "5", topic: ["a"], data: ":\nid: x\ndata: y", type: "é" },
  { id: "6", topic: ["a"], data: "six" },
];
const LAST = { id: "7", topic: ["a"], data: "last" };
/** What the hub has removed when a session with a gap begins: from before and behind the place of its request. */
const BEFORE = { id: "-3", topic: ["a"], data: "before" };
const REMOVED = ["-2", "-1"].map((id) => ({ id, topic: ["a"], data: "removed" }));

/** The variables of a hub with sessions: its history has just the updates above. */
export const VARS = {
  ANONYMOUS_PUBLISH: "true",
  CORS_ORIGINS: "*",
  HISTORY_UPDATES: String(UPDATES.length),
  HEARTBEAT: "300ms",
};
/** Longer than the time between two heartbeats, and than a delay of the proxy. */
const SILENCE = 3_000;
/** Two hundred readers take longer than one. */
const PATIENCE = 60_000;

/** The update that a subscription with these options is told. */
const told = ({ id, type = "message", data, topic }, { withTopics }) =>
  ({ id, type, data, text: data, ...(withTopics ? { topics: topic } : {}) });

/** Options with which the client reads by `fetch`, by the method QUERY, and by the browser's `EventSource`. */
export const FETCH = { topics: "*", withTopics: true };
export const QUERY = { match: { exact: ["a", "b", "c", "é/😀", "x".repeat(2_000)] }, withTopics: true };
export const NATIVE = { topics: "*", types: ["message", "typed", "é"] };

/** An EventSource does not notice that nothing comes. */
export const NATIVE_KINDS = KINDS.filter((kind) => kind !== "stall");

/** By name: how a session begins, and when its updates are published. */
const SESSIONS = {
  /** A first request without a place: the hub tells one, and then each update as it is published. */
  live: {
    prepare: async () => ({ options: {}, gaps: [] }),
    begun: (hub) => publishAll(hub, UPDATES),
  },
  /** A request from a place of which the hub does not hold all later updates. */
  gap: {
    async prepare(hub) {
      await publishAll(hub, [BEFORE]);
      const place = await placeOf(hub);
      await publishAll(hub, [...REMOVED, ...UPDATES]);
      return { options: { lastEventId: place }, gaps: [{ requested: place, first: "1", missed: null }] };
    },
    begun: async () => {},
  },
};

export const SESSION_NAMES = Object.keys(SESSIONS);

async function publishAll(hub, updates) {
  for (const update of updates) await publish(hub, update);
}

/** The place where a live stream begins now. */
async function placeOf(hub) {
  const closing = [];
  const t = { after: (close) => closing.push(close) };
  const stream = await Stream.open(t, subscribeUrl(hub, ["*"]), { headers: { "cache-control": "no-cache" } });
  await stream.receives("event: place");
  for (const close of closing) close();
  return /^id: (.*)$/m.exec(stream.text)[1];
}

let count = 0;

/**
 * Plays the session named `name` to a reader for each of `plans`, lists of faults; `how` are its options. Asserts that each
 * was told each update once and in order, and each gap once. Returns the bytes of the first reader's first connection.
 */
export async function play(server, readers, { name, plans, how = FETCH }) {
  const session = SESSIONS[name];
  const hub = server.hub(`session-${(count += 1)}`);
  const { options, gaps } = await session.prepare(hub);
  const proxies = await Promise.all(plans.map((faults) => FaultProxy.to(server.port, faults)));
  const names = proxies.map((_, at) => `${hub} ${at}`);
  const all = { silence: SILENCE, ...how, ...options };
  try {
    await readers.open(names.map((name, at) => [name, proxies[at].at(hub).href, all]));
    const every = (what, isTrue) => waitForAll({ readers, names, plans }, { what, isTrue });
    await every("the place", ({ lastEventId }) => lastEventId !== "");
    await session.begun(hub);
    await every("the updates", ({ count }) => count >= UPDATES.length);
    const bytes = proxies[0].received[0];
    await every("the faults and an open stream", ({ state }, at) => proxies[at].isSpent && state === "open");
    await publish(hub, LAST);
    await every("the last update", ({ lastEventId }) => lastEventId === LAST.id);
    const seen = await readers.told("seen", names);
    const expected = { updates: [...UPDATES, LAST].map((update) => told(update, how)), gaps, errors: [] };
    for (const [at, { updates, gaps, errors }] of seen.entries()) {
      assert.deepEqual({ updates, gaps, errors }, expected, `with the faults ${JSON.stringify(plans[at])}`);
    }
    return bytes;
  } finally {
    await readers.close(names);
    for (const proxy of proxies) proxy.close();
  }
}

/** Waits until `isTrue` of what each reader was told. */
async function waitForAll({ readers, names, plans }, { what, isTrue }) {
  let without;
  const check = async () => {
    const briefs = await readers.told("brief", names);
    without = briefs.findIndex((brief, at) => !isTrue(brief, at));
    if (without !== -1) without = `${JSON.stringify(briefs[without])} with the faults ${JSON.stringify(plans[without])}`;
    return without === -1;
  };
  await until(check, () => `${what}: ${without}`, PATIENCE);
}
