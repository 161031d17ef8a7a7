// The cases of the benchmark, and the goals of millstream.
//
// A case runs each of its `runs` once in every round, one after the other, each on a fresh server. Its table shows the
// `figures` of a run. A goal's `of` gets the results of one round, by the names of the runs, so it compares runs that
// were measured side by side. The median over the rounds must be within `least` or `most`. Where `of` answers yes or
// no, every round must answer yes. A case that is measured `once` runs in the first round alone: its figures hardly vary.
import { ANSWER, BYTES, CPU, GROWTH, MAX, P50, P99, PEAK, PER_CPU_SECOND, PER_POST, PER_SECOND, REPLAY } from "./figures.mjs";
import { HELD_CASES } from "./held_cases.mjs";
import { ratio } from "./statistics.mjs";
import { NOT_AT_ALL } from "./warm.mjs";

const FORM = { publish_as: "form", publishers: 16 };
const RAW = { publish_as: "raw", publishers: 16 };
const NDJSON = { publish_as: "ndjson" };
/** Variables for publishing faster than delivery: every subscriber still finds its updates in the history. */
const LONG_HISTORY = { HISTORY_UPDATES: "1000000", HISTORY_BYTES: "1073741824" };

/** A topic of its own, which the body closes; the warm-up uses another. */
const CLOSED = {
  topic: "closed",
  publish: "/.well-known/mercure?topic=closed&close",
  subscribe: "/.well-known/mercure?topic=closed&last_event_id=earliest",
};

/** 1,000 tokens in 20 seconds, piped as one body. */
function tokens({ name, readers }) {
  return {
    name,
    title: `Tokens: 1,000 at 50 a second, ${readers === 1 ? "one reader" : `${readers} readers`}`,
    mode: "paced",
    warm: { mode: "paced", options: { connections: 50, rate: 200, seconds: 3 } },
    options: { connections: readers, bytes: 48, rate: 50, seconds: 20, ...NDJSON },
    runs: [
      { name: "millstream", target: "millstream", paths: CLOSED },
      { name: "stored", target: "stored" },
      { name: "forgetful", target: "forgetful" },
    ],
    figures: [P50, P99, MAX, CPU],
    goals: [
      {
        title: "latency p50, times that of an object that stores each token",
        of: (round) => ratio(P50.of(round.millstream), P50.of(round.stored)),
        most: 1.15,
      },
      {
        title: "latency p50, times that of an object that stores nothing",
        of: (round) => ratio(P50.of(round.millstream), P50.of(round.forgetful)),
      },
    ],
  };
}

/** What the second half of the connections added to the server's memory. */
const PER_CONNECTION = { title: "bytes per connection", of: (run) => run.growth_per_connection };

/** Ten flushes a second, each of this number of `updates`, orders as JSON, for streams without and with compression. */
function flushes(updates) {
  const options = { rate: 10 * updates, burst: updates };
  return [
    { name: plainly(updates), target: "millstream", options },
    { name: compressed(updates), target: "millstream", options: { ...options, gzip: true }, vars: { COMPRESSION: "public" } },
  ];
}

function plainly(updates) {
  return `${updates} a flush, plain`;
}

function compressed(updates) {
  return `${updates} a flush, compressed`;
}

/** The servers of POSTs, from this number of `publishers`. */
function posts(publishers) {
  const options = (publish_as) => ({ publish_as, publishers });
  const from = publishers === 1 ? "1 publisher" : `${publishers} publishers`;
  return [
    { name: `millstream, ${from}`, target: "millstream", options: options("form") },
    { name: `stored, ${from}`, target: "stored", options: options("raw") },
    { name: `naive, ${from}`, target: "naive", options: options("raw") },
  ];
}

export const CASES = [
  {
    name: "saturate",
    title: "Saturated: 500 subscribers, updates of 100 bytes",
    mode: "saturate",
    options: { connections: 500, bytes: 100, seconds: 5 },
    runs: [
      { name: "millstream, NDJSON", target: "millstream", options: NDJSON, vars: LONG_HISTORY },
      { name: "millstream, single POSTs", target: "millstream", options: FORM, vars: LONG_HISTORY },
      { name: "naive", target: "naive", options: RAW },
      { name: "hono", target: "hono", options: RAW },
      { name: "better-sse", target: "better-sse", options: RAW },
      { name: "nchan", target: "nchan", options: RAW },
      { name: "pushpin", target: "pushpin", options: RAW },
    ],
    figures: [PER_CPU_SECOND, PER_SECOND, CPU, P99],
    goals: [
      {
        title: "deliveries per CPU second, times those of the naive object",
        of: (round) => ratio(PER_CPU_SECOND.of(round["millstream, NDJSON"]), PER_CPU_SECOND.of(round.naive)),
        least: 16,
      },
      {
        title: "deliveries per CPU second, times those of nchan",
        of: (round) => ratio(PER_CPU_SECOND.of(round["millstream, NDJSON"]), PER_CPU_SECOND.of(round.nchan)),
        least: 8,
      },
    ],
  },
  {
    name: "paced",
    title: "Paced: 500 subscribers, 200 updates a second by single POSTs",
    mode: "paced",
    options: { connections: 500, bytes: 100, seconds: 5, rate: 200 },
    runs: [
      { name: "millstream", target: "millstream", options: FORM },
      { name: "naive", target: "naive", options: RAW },
      { name: "nchan", target: "nchan", options: RAW },
    ],
    figures: [PER_SECOND, CPU, P50, P99, MAX],
    goals: [
      { title: "the rate is sustained", of: (round) => round.millstream.sustained },
      { title: "latency p50, ms", of: (round) => P50.of(round.millstream), most: 26, digits: 1 },
      { title: "latency p99, ms", of: (round) => P99.of(round.millstream), most: 62, digits: 1 },
    ],
  },
  {
    name: "paced-ndjson",
    title: "Paced: 500 subscribers, 2,000 updates a second by NDJSON",
    mode: "paced",
    options: { connections: 500, bytes: 100, seconds: 5, rate: 2000 },
    runs: [{ name: "millstream", target: "millstream", options: NDJSON }],
    figures: [PER_SECOND, CPU, P50, P99, MAX],
    goals: [
      { title: "the rate is sustained", of: (round) => round.millstream.sustained },
      { title: "latency p50, ms", of: (round) => P50.of(round.millstream), most: 26, digits: 1 },
      { title: "latency p99, ms", of: (round) => P99.of(round.millstream), most: 60, digits: 1 },
    ],
  },
  {
    name: "light",
    title: "Light: 500 subscribers, one update a second",
    mode: "paced",
    options: { connections: 500, bytes: 100, seconds: 10, rate: 1, publishers: 1 },
    runs: [
      { name: "millstream", target: "millstream", options: { publish_as: "form" } },
      { name: "naive", target: "naive", options: { publish_as: "raw" } },
    ],
    figures: [P50, P99, MAX],
    goals: [
      {
        title: "latency p50, times that of the naive object",
        of: (round) => ratio(P50.of(round.millstream), P50.of(round.naive)),
        most: 0.8,
      },
      {
        title: "latency p99, times that of the naive object",
        of: (round) => ratio(P99.of(round.millstream), P99.of(round.naive)),
        most: 1,
      },
    ],
  },
  {
    name: "stalled",
    // To 500 readers this would be 50 GB, and minutes for each run.
    title: "Stalled: 100 MB for 90 readers, beside others that read nothing",
    mode: "stalled",
    // The warm-up fills the memory that the allocators keep, as on a hub that has run for a while.
    warm: { mode: "stalled", options: { connections: 90, stalled: 0, megabytes: 20 } },
    options: { bytes: 1_000, megabytes: 100, ...NDJSON },
    runs: [
      { name: "10 stalled", target: "millstream", options: { connections: 100, stalled: 10 } },
      { name: "none stalled", target: "millstream", options: { connections: 90, stalled: 0 } },
    ],
    figures: [GROWTH, PEAK, P50, P99],
    goals: [
      { title: "RSS growth with 10 stalled, MiB", of: (round) => GROWTH.of(round["10 stalled"]), most: 32, digits: 1 },
      { title: "RSS growth with none stalled, MiB", of: (round) => GROWTH.of(round["none stalled"]), most: 25, digits: 1 },
      {
        title: "latency p99 of the others, times that without stalled ones",
        of: (round) => ratio(P99.of(round["10 stalled"]), P99.of(round["none stalled"])),
        most: 1.5,
      },
    ],
  },
  {
    name: "idle",
    title: "Idle: from 2,500 connections to 5,000",
    mode: "idle",
    warm: NOT_AT_ALL,
    options: { connections: 5000 },
    runs: [
      { name: "millstream", target: "millstream", options: { publish_as: "form" } },
      { name: "naive", target: "naive", options: { publish_as: "raw" } },
      { name: "nchan", target: "nchan", options: { publish_as: "raw" } },
    ],
    figures: [
      PER_CONNECTION,
      { title: "bytes per connection, with all that was compiled", of: (run) => run.bytes_per_connection },
    ],
    goals: [
      {
        title: "bytes per connection, times those of the naive object",
        of: (round) => ratio(PER_CONNECTION.of(round.millstream), PER_CONNECTION.of(round.naive)),
        most: 1.02,
      },
    ],
  },
  {
    name: "many",
    title: "Many: ten times the subscribers",
    mode: "saturate",
    options: { bytes: 100, seconds: 5, ...NDJSON },
    runs: [
      { name: "500", target: "millstream", options: { connections: 500 }, vars: LONG_HISTORY },
      { name: "5,000", target: "millstream", options: { connections: 5000 }, vars: LONG_HISTORY },
    ],
    figures: [CPU, PER_SECOND, PER_CPU_SECOND],
    goals: [
      {
        title: "CPU per delivery at 5,000, times that at 500",
        of: (round) => ratio(CPU.of(round["5,000"]), CPU.of(round["500"])),
        most: 1.3,
      },
    ],
  },
  {
    name: "storm",
    title: "Storm: 1,000 clients come back at once, and each is owed 1,000 updates",
    mode: "storm",
    options: { connections: 1000, updates: 1000, bytes: 100 },
    runs: [
      { name: "millstream", target: "millstream", options: NDJSON },
      { name: "nchan", target: "nchan", options: RAW },
    ],
    figures: [{ title: "seconds", of: (run) => run.storm_seconds, digits: 2 }, CPU],
    goals: [
      { title: "everything exactly once", of: (round) => round.millstream.ok },
      {
        title: "time, times that of nchan",
        of: (round) => ratio(round.millstream.storm_seconds, round.nchan.storm_seconds),
      },
    ],
  },
  {
    name: "churn",
    title: "Churn: 200 connections that break and resume, 200 updates a second",
    mode: "churn",
    options: { connections: 200, rate: 200, bytes: 100, seconds: 5, resume: true },
    runs: [
      { name: "millstream", target: "millstream", options: FORM },
      { name: "nchan", target: "nchan", options: RAW },
    ],
    figures: [PER_SECOND, CPU, P50, P99],
    goals: [
      { title: "everything exactly once", of: (round) => round.millstream.ok },
      {
        title: "CPU per delivery, times that of nchan",
        of: (round) => ratio(CPU.of(round.millstream), CPU.of(round.nchan)),
        most: 1.5,
      },
      { title: "latency p50, ms", of: (round) => P50.of(round.millstream), most: 6, digits: 1 },
    ],
  },
  {
    name: "post",
    title: "Post: single updates as fast as they are answered, one subscriber",
    mode: "saturate",
    options: { connections: 1, bytes: 100, seconds: 4 },
    runs: [...posts(1), ...posts(16)],
    figures: [PER_POST, ANSWER, { title: "answer p99, ms", of: (run) => run.answer_p99_ms, digits: 1 }],
    goals: [
      {
        title: "CPU per POST from 1 publisher, times that of an object that stores it",
        of: (round) => ratio(PER_POST.of(round["millstream, 1 publisher"]), PER_POST.of(round["stored, 1 publisher"])),
        most: 1.15,
      },
      {
        title: "CPU per POST from 16 publishers, times that of an object that stores it",
        of: (round) => ratio(PER_POST.of(round["millstream, 16 publishers"]), PER_POST.of(round["stored, 16 publishers"])),
        most: 1.05,
      },
    ],
  },
  {
    name: "compressed",
    title: "Compressed: 500 subscribers, ten flushes a second of orders as JSON",
    mode: "paced",
    options: { connections: 500, seconds: 4, orders: true, ...NDJSON },
    runs: [1, 10, 100].flatMap(flushes),
    figures: [BYTES, CPU, { title: "updates in a chunk", of: (run) => run.published / run.chunks_per_connection, digits: 1 }, P50],
    goals: [
      ...[1, 10, 100].map((updates) => ({
        title: `times fewer bytes at ${updates} a flush`,
        of: (round) => ratio(BYTES.of(round[plainly(updates)]), BYTES.of(round[compressed(updates)])),
        least: updates === 10 ? 3.5 : undefined,
      })),
      {
        title: "CPU per delivery at 10 a flush, times that without compression",
        of: (round) => ratio(CPU.of(round[compressed(10)]), CPU.of(round[plainly(10)])),
        most: 1,
      },
    ],
  },
  tokens({ name: "tokens", readers: 1 }),
  tokens({ name: "tokens-100", readers: 100 }),
  {
    name: "replay",
    title: "Replay: 20 new readers, one after the other, of a closed topic of 5,000 updates",
    mode: "replay",
    options: { connections: 20, updates: 5000, bytes: 48, ...NDJSON },
    runs: [{ name: "millstream", target: "millstream", paths: CLOSED }],
    figures: [REPLAY, { title: "the longest, ms", of: (run) => run.replay_max_ms, digits: 1 }],
    goals: [{ title: "time, ms", of: (round) => REPLAY.of(round.millstream), most: 50, digits: 1 }],
  },
  ...HELD_CASES,
];
