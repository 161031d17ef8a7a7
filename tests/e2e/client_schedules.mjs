// Random schedules: each reader's connections fail at random bytes in random ways, while updates are published.
import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { publish } from "./clients.mjs";
import { FaultProxy, KINDS } from "./fault_proxy.mjs";
import { randomFrom } from "./random.mjs";
import { until } from "./until.mjs";

/** The variables of a hub with schedules. */
export const VARS = { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "300ms" };
const SILENCE = 2_000;
const PATIENCE = 90_000;
/** How many schedules share a hub and its updates. */
const OF_ONE_HUB = 200;
const UPDATES = 30;
const LONGEST_PAUSE = 100;
const MOST_FAULTS = 4;
/** The head of an answer and half of the updates, in bytes. */
const FURTHEST = 2_500;
const TEXTS = ["", "a", "two\nlines", "é€😀", "\n", " {}", ":", "x".repeat(200)];
const TYPES = [undefined, "t", "é"];

let games = 0;

/**
 * Plays `count` schedules that follow from `seed` to `readers`, all at the same time. `how` are options of the readers, and
 * `kinds` those of the faults.
 */
export async function playSchedules(server, readers, { seed, count, how = { topics: "*" }, kinds = KINDS }) {
  const random = randomFrom(seed);
  const plans = Array.from({ length: count }, () =>
    Array.from({ length: 1 + random(MOST_FAULTS) }, () => {
      const kind = random(20) === 0 ? "drip" : kinds[random(kinds.length)];
      return { kind, at: random(FURTHEST) };
    }));
  const groups = [];
  while (plans.length > 0) groups.push(plans.splice(0, OF_ONE_HUB));
  await Promise.all(groups.map((plans, group) => {
    const hub = server.hub(`schedules-${seed}-${group}-${(games += 1)}`);
    return playTogether(hub, readers, { plans, how, random: randomFrom(seed + group) });
  }));
}

/** Plays schedules on one hub. Half of them begin live, and half at the earliest update. */
async function playTogether(hub, readers, { plans, how, random }) {
  const port = Number(new URL(hub).port);
  const proxies = await Promise.all(plans.map((faults) => FaultProxy.to(port, faults)));
  const names = plans.map((_, at) => `${hub} ${at}`);
  const seen = () => readers.told("brief", names);
  const every = (what, isTrue) => waitForAll(plans, seen, { what, isTrue });
  try {
    const options = (at) => ({ ...how, silence: SILENCE, ...(at % 2 ? { lastEventId: "earliest" } : {}) });
    await readers.open(names.map((name, at) => [name, proxies[at].at(hub).href, options(at)]));
    await every("the place", ({ lastEventId }) => lastEventId !== "");
    const log = [];
    for (let id = 1; id <= UPDATES; id += 1) {
      const update = { id: String(id), data: TEXTS[random(TEXTS.length)], type: TYPES[random(TYPES.length)] };
      await publish(hub, { topic: "a", ...update, type: update.type ?? "", retry: "500" });
      log.push({ id: update.id, type: update.type ?? "message", data: update.data, text: update.data });
      await delay(random(LONGEST_PAUSE));
    }
    await every("the last update", ({ lastEventId }) => lastEventId === String(UPDATES));
    for (const [at, { updates, gaps, errors }] of (await readers.told("seen", names)).entries()) {
      const which = `schedule ${at} of ${hub}: ${JSON.stringify(plans[at])}`;
      assert.deepEqual({ updates, gaps, errors }, { updates: log, gaps: [], errors: [] }, which);
    }
  } finally {
    await readers.close(names);
    for (const proxy of proxies) proxy.close();
  }
}

/** Waits until `isTrue` of what each reader has seen. */
async function waitForAll(plans, seen, { what, isTrue }) {
  let missing;
  const check = async () => {
    const briefs = await seen();
    const at = briefs.findIndex((brief) => !isTrue(brief));
    missing = `${JSON.stringify(briefs[at])} with ${JSON.stringify(plans[at])}`;
    return at === -1;
  };
  await until(check, () => `${what}: ${missing}`, PATIENCE);
}
