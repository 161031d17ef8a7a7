// Measures objects that sleep. Each function measures one server, and its result has the member `ok`.
import { setTimeout as delay } from "node:timers/promises";
import { INDEX } from "../npm/worker/hub_index.mjs";
import { nanosecondsOf } from "./processor.mjs";
import { median } from "./statistics.mjs";
import { Subscribers } from "./subscribers.mjs";
import { OPERATOR_KEY } from "./targets.mjs";

/** The runtime puts an object to sleep when nothing has come for ten seconds. */
const SLEEPS_AFTER = 10_000;
const ASLEEP = SLEEPS_AFTER + 2_000;
const AWAKE = 5;
/** What opening left to do is done. */
const SETTLE = 2_000;
const POLL_EVERY = 50;
const DEADLINE = 30_000;

const hubPath = (hub) => `/hubs/${hub}/.well-known/mercure`;
const topic = (path) => `${path}?topic=bench`;

/** A publication to a hub that sleeps, beside publications to the same hub awake. */
export async function waking({ subscribe, publish }, server, { connections }) {
  const subscribers = await Subscribers.open(server.address, Array(connections).fill(subscribe));
  const object = server.pids.at(-1);
  let updates = 0;
  let exactly = true;
  const one = async () => {
    const [cpu, began] = [nanosecondsOf(object), performance.now()];
    await post(server, publish);
    const answered = performance.now() - began;
    exactly = (await subscribers.haveEach(++updates)) && exactly;
    const all = subscribers.last - began;
    // What the object does behind its last delivery is its work too.
    await delay(POLL_EVERY);
    return { answered, all, cpu: (nanosecondsOf(object) - cpu) / 1e6 };
  };
  try {
    await one();
    await delay(ASLEEP);
    const before = Date.now();
    const asleep = await one();
    const { since } = await health(server);
    const awake = [];
    for (let at = 0; at < AWAKE; at++) awake.push(await one());
    const of = (figure) => median(awake.map((each) => each[figure]));
    return {
      ok: exactly && since >= before - POLL_EVERY,
      violations: { exactly, slept: since >= before - POLL_EVERY, ...subscribers.ended },
      asleep,
      awake: { answered: of("answered"), all: of("all"), cpu: of("cpu") },
    };
  } finally {
    subscribers.close();
  }
}

/** A hub whose object is reset: how long until every link is open again, and until an update is with everybody. */
export async function reset({ subscribe, publish }, server, { connections }) {
  const subscribers = await Subscribers.open(server.address, Array(connections).fill(subscribe));
  try {
    await post(server, publish);
    const before = await subscribers.haveEach(1);
    const began = performance.now();
    await fetch(`http://${server.addressAt(1)}/reset`);
    await eventually(() => post(server, publish));
    const published = performance.now();
    const links = await eventually(async () => {
      if ((await health(server)).links < connections) throw new Error("a link is not open");
      return performance.now();
    });
    const after = await subscribers.haveEach(2);
    return {
      ok: before && after,
      violations: { before, after, ...subscribers.ended },
      links_seconds: (links - began) / 1_000,
      late_seconds: (subscribers.last - published) / 1_000,
    };
  } finally {
    subscribers.close();
  }
}

/** Many hubs with one subscriber each, and no updates: how long their objects were awake. */
export async function idleCost(_, server, { hubs, seconds }) {
  const names = Array.from({ length: hubs }, (_, at) => `hub-${at}`);
  const subscribers = await Subscribers.open(server.address, names.map((hub) => topic(hubPath(hub))));
  try {
    await delay(seconds * 1_000);
    const until = Date.now();
    const ours = async () => (await livesOf(server)).filter(({ hub }) => names.includes(hub));
    const lives = await ours();
    // An object that slept is made anew by this.
    for (const hub of names) await post(server, hubPath(hub));
    const exactly = await subscribers.haveEach(1);
    const again = new Set((await ours()).slice(lives.length).map(({ hub }) => hub));
    const awake = lives.map(({ hub, began, last }) => (again.has(hub) ? last - began : until - began) / 1_000);
    const wait = lives.map(({ hub }) => (again.has(hub) ? SLEEPS_AFTER / 1_000 : 0));
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    return {
      ok: exactly && lives.length === hubs,
      violations: { exactly, lives: lives.length, ...subscribers.ended },
      running: hubs - again.size,
      billed_seconds: sum(awake),
      awake_seconds: sum(awake) + sum(wait),
    };
  } finally {
    subscribers.close();
  }
}

/** A hub of many quiet subscribers that gets an update: how long the update keeps it awake. */
export async function hourly({ subscribe, publish }, server, { connections, seconds }) {
  const subscribers = await Subscribers.open(server.address, Array(connections).fill(subscribe));
  try {
    await delay(ASLEEP);
    const began = performance.now();
    await post(server, publish);
    let exactly = await subscribers.haveEach(1);
    // The last deliveries are behind the answer.
    const delivered = subscribers.last - began;
    await delay(seconds * 1_000);
    const [life, ...more] = (await livesOf(server)).slice(1);
    await post(server, publish);
    exactly = (await subscribers.haveEach(2)) && exactly;
    const slept = more.length === 0 && (await livesOf(server)).length === 3;
    const billed = Math.max(life.last - life.began, delivered);
    return {
      ok: exactly && slept,
      violations: { exactly, slept, ...subscribers.ended },
      events: Object.values(life.events).reduce((sum, count) => sum + count, 0),
      billed_seconds: billed / 1_000,
      awake_seconds: (billed + SLEEPS_AFTER) / 1_000,
    };
  } finally {
    subscribers.close();
  }
}

/** Subscribers without updates: what heartbeats and pings cost each process. */
export async function quiet({ subscribe }, server, { connections, seconds }) {
  const subscribers = await Subscribers.open(server.address, Array(connections).fill(subscribe));
  try {
    await delay(SETTLE);
    const before = server.pids.map(nanosecondsOf);
    await delay(seconds * 1_000);
    const spent = server.pids.map((pid, at) => nanosecondsOf(pid) - before[at]);
    const perHour = spent.map((nanoseconds) => (nanoseconds / 1e6 / connections / seconds) * 3_600);
    return { ok: subscribers.ended.streams === 0, violations: subscribers.ended, cpu_per_hour: perHour };
  } finally {
    subscribers.close();
  }
}

async function post({ address }, path) {
  const body = new URLSearchParams({ topic: "bench", data: "x".repeat(100) });
  const response = await fetch(`http://${address}${path}`, { method: "POST", body });
  if (!response.ok) throw new Error(`a publication was answered ${response.status}`);
  await response.text();
}

async function health({ address }) {
  const response = await fetch(`http://${address}/hubs/default/healthz`, { headers: { authorization: `Bearer ${OPERATOR_KEY}` } });
  return response.json();
}

async function livesOf({ address }) {
  const lives = await (await fetch(`http://${address}/lives`)).json();
  // The index of all hubs has lives of its own.
  return lives.filter(({ hub }) => hub !== INDEX);
}

/** The first result that is no error. */
async function eventually(attempt) {
  for (const end = performance.now() + DEADLINE; ; await delay(POLL_EVERY)) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
