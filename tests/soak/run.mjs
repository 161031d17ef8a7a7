// Holds the streams of many clients through resets, sleeps, batches and stalls of a hub, in an order that follows from
// the seed, and says whether each client got everything once and in order on one stream: `make soak`.
import { setTimeout as delay } from "node:timers/promises";
import { Links, asleep } from "../e2e/links.mjs";
import { randomFrom } from "../e2e/random.mjs";
import { until } from "../e2e/until.mjs";
import { Levels } from "./levels.mjs";
import { Publisher } from "./publisher.mjs";
import { Due, Reader } from "./reader.mjs";

const { MINUTES = "10", CLIENTS = "500", SEED = String(Math.floor(Math.random() * 2 ** 32)) } = process.env;
const [minutes, clients] = [Number(MINUTES), Number(CLIENTS)];
const STALLED = Math.ceil(clients / 20);
const HUB = "soak";
/** No stream ends by its age, and a reader that stalls is not taken for dead. */
const VARS = { CONNECTION_AGE: "0", HEARTBEAT: "30s", HISTORY_UPDATES: "1000000", HISTORY_BYTES: "268435456" };
/** More than the buffers between the hub and a reader hold. */
const HEAVY = { count: 500, size: 4_000, bodies: 6 };
const SETTLED = 120_000;

const random = randomFrom(Number(SEED));
/** The order has numbers of its own: how many an act draws depends on the time that it takes. */
const ofOrder = randomFrom(Number(SEED) + 1);
const between = (least, most) => least + random(most - least + 1);
const links = await Links.start(VARS);
const [light, all] = [new Due(["a"]), new Due(["a", "heavy"])];
const publisher = new Publisher(links.server.hub(HUB), [light, all]);
const levels = new Levels(links, HUB);
const done = { updates: 0, batch: 0, reset: 0, sleep: 0, stall: 0 };
const readers = [];
const stalling = [];

/** Fails on the first client that got what was not due. */
function check() {
  for (const [at, reader] of readers.entries()) {
    reader.missing();
    if (reader.problem !== undefined) throw new Error(`client ${at}: ${reader.problem}`);
  }
}

/** Waits until every client has got everything. */
async function settle() {
  const late = () => readers.filter((reader) => reader.missing() > 0).length;
  await until(() => (check(), late() === 0), () => `${late()} clients to get everything`, SETTLED);
  const surplus = readers.filter((reader) => reader.surplus > 0).length;
  if (surplus > 0) throw new Error(`${surplus} clients got what nobody has published`);
}

const ACTS = {
  async updates() {
    for (let left = between(5, 30); left > 0; left -= 1) {
      await publisher.publish("a", 1, between(10, 2_000));
      await delay(random(100));
    }
  },
  batch: () => publisher.publish("a", between(2, 400), between(10, 200)),
  /** Resets the object while updates are published. */
  async reset() {
    const resets = between(1, 3);
    let running = true;
    const publishing = (async () => {
      while (running) await publisher.publish("a", between(1, 40));
    })();
    try {
      for (let left = resets; left > 0; left -= 1) {
        await delay(random(1_000));
        await links.abort(HUB);
      }
    } finally {
      running = false;
      await publishing;
    }
    await levels.reopened(clients);
  },
  async sleep() {
    await settle();
    const { lives, calls } = await links.notes(HUB);
    await asleep();
    const reached = (await links.notes(HUB)).calls - calls;
    await publisher.publish("a", 1);
    if ((await links.notes(HUB)).lives === lives) throw new Error(`the hub has not slept: it was reached ${reached} times`);
  },
  /** Some clients stop reading for a while, in which the hub may be reset. */
  async stall() {
    for (const reader of stalling) reader.stall();
    for (let left = HEAVY.bodies; left > 0; left -= 1) await publisher.publish("heavy", HEAVY.count, HEAVY.size);
    await ACTS[["updates", "reset", "batch"][random(3)]]();
    for (const reader of stalling) reader.readOn();
  },
};

/** Each act as often as it stands here. */
const ORDER = ["updates", "updates", "batch", "batch", "reset", "reset", "sleep", "stall"];

/** Every act in a new order. */
function shuffled() {
  const acts = [...ORDER];
  for (let at = acts.length - 1; at > 0; at -= 1) {
    const other = ofOrder(at + 1);
    [acts[at], acts[other]] = [acts[other], acts[at]];
  }
  return acts;
}

async function run() {
  console.log(`${clients} clients, ${STALLED} of them stall, ${minutes} minutes, SEED=${SEED}`);
  for (let at = 0; at < clients; at += 1) {
    const stalls = at < STALLED;
    const reader = await Reader.open(links.server.hub(HUB), stalls ? all : light);
    readers.push(reader);
    if (stalls) stalling.push(reader);
  }
  const end = performance.now() + minutes * 60_000;
  for (let round = 1; performance.now() < end; round += 1) {
    for (const act of shuffled()) {
      await ACTS[act]();
      done[act] += 1;
      check();
    }
    await settle();
    const level = await levels.take();
    console.log(`round ${round}: ${publisher.kept} updates, ${publisher.failed} failed; ${JSON.stringify(done)}; ${level}`);
  }
  levels.assertLevel();
}

try {
  await run();
  console.log(`nothing was lost, came twice or out of order; ${levels}`);
} catch (error) {
  console.error(`SEED=${SEED}: ${error.message}`);
  console.error(links.server.output.slice(-2_000));
  process.exitCode = 1;
} finally {
  for (const reader of readers) reader.close();
  await links.stop();
}
