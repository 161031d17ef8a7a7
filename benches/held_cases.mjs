// The cases of streams that Workers hold (DELIVERY=hibernate), beside direct ones.
//
// Where processor time is compared, the Worker and the object are two processes, and each update makes a chunk of its own
// unless the machine is busy. `measure` takes the place of the load client in cases of objects that sleep.
import { hourly, idleCost, quiet, reset, waking } from "./asleep.mjs";
import { CPU, MAX, P50, P99, PER_SECOND } from "./figures.mjs";
import { number } from "./report.mjs";
import { ratio } from "./statistics.mjs";
import { NOT_AT_ALL } from "./warm.mjs";

const HELD = { DELIVERY: "hibernate" };
const RUNS = [
  { name: "direct", target: "apart" },
  { name: "held", target: "apart", vars: HELD },
];
const FORM = { publish_as: "form", publishers: 16 };
/** A POST takes a millisecond and the fan-out takes many. */
const QUIET = { connections: 500, rate: 10, seconds: 8, ...FORM };

const WORKER = perChunk("Worker, µs for a chunk", ([worker]) => worker);
const OBJECT = perChunk("object, µs for a chunk", ([, object]) => object);
const BOTH = perChunk("both, µs for a chunk", ([worker, object]) => worker + object);
const LATENCIES = [P50, P99, MAX];
const times = (figure) => (round) => ratio(figure.of(round.held), figure.of(round.direct));
const seconds = (title, member, digits = 1) => ({ title, of: (run) => run[member], digits });
const LINKS = [1, 100, 2000];

/** Processor time for a chunk. On a busy machine a chunk may have several updates. */
function perChunk(title, time) {
  const chunks = (run) => run.chunks_per_connection * run.connections;
  return { title, of: (run) => (1e6 * time(run.process_cpu_seconds)) / chunks(run), digits: 1 };
}

/** A process's memory for an idle connection. */
function memory(title, at) {
  return { title, of: (run) => run.process_bytes_per_connection?.[at] };
}

export const HELD_CASES = [
  {
    name: "hibernate",
    title: "Held streams: 500 subscribers, ten updates of 100 bytes a second",
    mode: "paced",
    options: { ...QUIET, bytes: 100 },
    runs: RUNS,
    figures: [OBJECT, WORKER, BOTH, ...LATENCIES],
    goals: [
      { title: "the object's CPU for a chunk without grants, times that of direct streams", of: times(OBJECT), most: 1.2 },
      { title: "both processes' CPU for a chunk, times that of direct streams", of: times(BOTH), most: 2.5 },
    ],
  },
  {
    name: "hibernate-grants",
    title: "Held streams: 500 subscribers, ten updates of 2,000 bytes a second, a grant behind every eighth",
    mode: "paced",
    options: { ...QUIET, bytes: 2000 },
    runs: RUNS,
    figures: [OBJECT, WORKER, BOTH, ...LATENCIES],
    goals: [
      { title: "the object's CPU for a chunk with grants, times that of direct streams", of: times(OBJECT), most: 1.5 },
      { title: "both processes' CPU for a chunk with grants, times that of direct streams", of: times(BOTH), most: 2.5 },
    ],
  },
  {
    name: "hibernate-light",
    title: "Held streams at rest: 500 subscribers, one update a second",
    mode: "paced",
    options: { connections: 500, bytes: 100, rate: 1, seconds: 10, publish_as: "form", publishers: 1 },
    runs: RUNS,
    figures: LATENCIES,
    goals: [{ title: "latency p50, times that of direct streams", of: times(P50) }],
  },
  {
    name: "hibernate-paced",
    title: "Held streams under load: 500 subscribers, 200 updates a second by single POSTs",
    mode: "paced",
    options: { connections: 500, bytes: 100, rate: 200, seconds: 5, ...FORM },
    runs: RUNS,
    figures: [PER_SECOND, CPU, ...LATENCIES],
    goals: [
      { title: "the rate is sustained", of: (round) => round.held.sustained },
      { title: "latency p50, times that of direct streams", of: times(P50) },
    ],
  },
  {
    name: "hibernate-idle",
    title: "Held streams that are idle: 2,000 connections",
    mode: "idle",
    warm: NOT_AT_ALL,
    options: { connections: 2000, publish_as: "form" },
    runs: RUNS,
    figures: [memory("object, bytes per connection", 1), memory("Worker, bytes per connection", 0)],
    goals: [
      { title: "the object's bytes per connection, times those of direct streams", of: times(memory("", 1)) },
      { title: "the Worker's bytes per connection, times those of direct streams", of: times(memory("", 0)) },
    ],
  },
  {
    name: "hibernate-quiet",
    once: true,
    title: "Held streams without updates: 1,000 connections, a heartbeat and a ping every 20 seconds",
    measure: quiet,
    warm: NOT_AT_ALL,
    options: { connections: 1000, seconds: 60 },
    runs: RUNS,
    figures: ["Worker", "object"].map((process, at) => ({
      title: `${process}, ms of CPU for a connection and hour`,
      of: (run) => run.cpu_per_hour[at],
      digits: 1,
    })),
    goals: [],
  },
  {
    name: "hibernate-waking",
    title: "An update for a hub that sleeps",
    measure: waking,
    warm: NOT_AT_ALL,
    options: {},
    runs: LINKS.map((connections) => ({ name: links(connections), target: "apart", vars: HELD, options: { connections } })),
    figures: [
      { title: "answered asleep, ms", of: (run) => run.asleep.answered, digits: 1 },
      { title: "answered awake, ms", of: (run) => run.awake.answered, digits: 1 },
      { title: "with everybody asleep, ms", of: (run) => run.asleep.all, digits: 1 },
      { title: "with everybody awake, ms", of: (run) => run.awake.all, digits: 1 },
      { title: "the object's CPU asleep, ms", of: (run) => run.asleep.cpu, digits: 1 },
      { title: "the object's CPU awake, ms", of: (run) => run.awake.cpu, digits: 1 },
    ],
    goals: LINKS.map((connections) => ({
      title: `waking with ${links(connections)}, ms`,
      of: (round) => wakes(round[links(connections)]),
      // 50 ms, and 15 µs a link.
      most: Math.round(50 + 0.015 * connections),
      digits: 1,
    })),
  },
  {
    name: "hibernate-reset",
    title: "A reset of the object of 2,000 links",
    measure: reset,
    warm: NOT_AT_ALL,
    options: { connections: 2000 },
    runs: [{ name: "held", target: "apart", vars: HELD }],
    figures: [seconds("all links open, s", "links_seconds", 2), seconds("an update is late by, s", "late_seconds", 2)],
    goals: [
      { title: "all links open again, s", of: (round) => round.held.links_seconds, most: 5 },
      { title: "an update during it is late by, s", of: (round) => round.held.late_seconds, most: 5 },
      { title: "no client reconnects", of: (round) => round.held.ok },
    ],
  },
  {
    name: "hibernate-hourly",
    once: true,
    title: "One update for a sleeping hub of 2,000 subscribers, and 45 quiet seconds",
    measure: hourly,
    warm: NOT_AT_ALL,
    options: { connections: 2000, seconds: 45 },
    runs: [{ name: "held", target: "observed", vars: HELD }],
    figures: [
      { title: "events that reach the object", of: (run) => run.events },
      seconds("until its last event ended, s", "billed_seconds", 3),
      seconds("awake, s", "awake_seconds"),
    ],
    goals: [{ title: "awake for an update an hour, s", of: (round) => round.held.awake_seconds, most: 15, digits: 1 }],
  },
  {
    name: "idle-cost",
    once: true,
    title: "100 hubs with one subscriber each, for a minute without updates",
    measure: idleCost,
    warm: NOT_AT_ALL,
    options: { hubs: 100, seconds: 60 },
    runs: [
      { name: "direct", target: "observed" },
      { name: "held", target: "observed", vars: HELD },
    ],
    figures: [
      { title: "objects that run at its end", of: (run) => run.running },
      seconds("seconds until the objects may sleep", "billed_seconds"),
      seconds("seconds until they sleep", "awake_seconds"),
    ],
    goals: [{ title: "objects that run at the end of the minute", of: (round) => round.held.running, most: 0, digits: 0 }],
  },
];

function links(connections) {
  return connections === 1 ? "1 link" : `${number(connections)} links`;
}

/** What waking takes: an answer asleep takes so much more than one awake. Nothing when the hub did not sleep. */
function wakes({ ok, asleep, awake }) {
  return ok ? asleep.answered - awake.answered : undefined;
}
