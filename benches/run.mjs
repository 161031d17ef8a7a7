// The benchmark: node benches/run.mjs, or `make bench`, which makes what it needs.
//   ROUNDS=5    the number of rounds; the result is the median
//   CASES=…     only these cases, separated by commas
//   TARGETS=…   only these servers
// The results go to build/bench/results.md and results.json, also after each round. The exit status is 1
// when a run did not finish, or a subscriber did not get everything exactly once and in order.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { CASES } from "./cases.mjs";
import { CLIENT, load } from "./load.mjs";
import { number, outcome, report } from "./report.mjs";
import { Server } from "./server.mjs";
import { setting } from "./setting.mjs";
import { RESULTS, TARGETS } from "./targets.mjs";
import { NOT_AT_ALL, WARM } from "./warm.mjs";

/** The expected time to start and end a server and to connect, until it was measured. */
const AROUND = 5;
/** The expected time of a run without a fixed time, until it was measured. */
const UNTIMED = 5;

const rounds = Number(process.env.ROUNDS || 5);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`ROUNDS=${process.env.ROUNDS}: not a number of rounds`);
const wanted = {
  cases: selection("CASES", CASES.map(({ name }) => name)),
  targets: selection("TARGETS", Object.keys(TARGETS)),
};

const missing = {};
for (const name of wanted.targets) {
  const reason = TARGETS[name].missing();
  if (reason !== undefined) missing[name] = reason;
}
const present = (target) => wanted.targets.includes(target) && !(target in missing);
const cases = CASES.filter(({ name }) => wanted.cases.includes(name))
  .map((entry) => ({
    ...entry,
    runs: entry.runs.filter(({ target }) => present(target)),
    rounds: [],
    errors: [],
  }))
  .filter(({ runs }) => runs.length > 0);

if (!existsSync(CLIENT)) throw new Error(`there is no ${CLIENT}: make bench builds it`);
mkdirSync(RESULTS, { recursive: true });
/** Every run, in its order. */
const plan = Array.from({ length: rounds }, (_, at) => at + 1).flatMap((round) =>
  cases
    .filter(({ once }) => round === 1 || !once)
    .flatMap((entry) => entry.runs.map((run) => ({ round, entry, run, expected: expected(entry, run) }))),
);
let done = 0;
/** The seconds that the runs took so far, and the seconds that were expected. */
const spent = { real: 0, expected: 0 };

for (const [target, reason] of Object.entries(missing)) console.log(`${target} is missing: ${reason}`);
console.log(`${plan.length} runs in ${rounds} rounds, ${duration(remaining())}`);
const loads = [];
for (let round = 1; round <= rounds; round++) {
  loads.push(loadavg()[0]);
  for (const step of plan.filter((step) => step.round === round)) await one(step);
  save();
}
const failures = cases.flatMap(({ name, runs, rounds, errors }) => [
  ...errors.map(({ run, round, error }) => `${name}, ${run}, round ${round}: ${error}`),
  ...rounds.flatMap((results, at) =>
    runs.filter((run) => results[run.name]?.ok === false).map((run) => `${name}, ${run.name}, round ${at + 1}: not exactly once`),
  ),
]);
console.log(`\n${markdown()}`);
for (const failure of failures) console.error(failure);
process.exit(failures.length === 0 ? 0 : 1);

/** The seconds that a run is expected to take. */
function expected({ options }, run) {
  return (run.options?.seconds ?? options.seconds ?? UNTIMED) + AROUND;
}

/** One run of one server. */
async function one({ round, entry, run, expected }) {
  const results = (entry.rounds[round - 1] ??= {});
  const label = `round ${round} of ${rounds}, ${entry.name}, ${run.name}`;
  process.stdout.write(`[${done + 1}/${plan.length}, ${duration(remaining())} to go] ${label}: `);
  const target = TARGETS[run.target];
  const began = performance.now();
  let server;
  try {
    server = await Server.start(target, run.vars);
    const warmth = entry.warm === undefined ? WARM : entry.warm;
    if (warmth !== NOT_AT_ALL) await load(warmth.mode, target, server, { ...entry.options, ...run.options, ...warmth.options });
    const measure = entry.measure ?? ((...of) => load(entry.mode, ...of));
    const result = await measure({ ...target, ...run.paths }, server, { ...entry.options, ...run.options });
    results[run.name] = result;
    const figures = entry.figures.map(({ title, of, digits }) => `${title} ${number(of(result), digits)}`);
    console.log(`${figures.join(", ")}${result.ok ? "" : `; NOT exactly once: ${JSON.stringify(result.violations)}`}`);
  } catch (error) {
    entry.errors.push({ run: run.name, round, error: error.message });
    console.log(`failed: ${error.message}`);
  } finally {
    await server?.stop();
    spent.real += (performance.now() - began) / 1000;
    spent.expected += expected;
    done++;
  }
}

/** The seconds that are left, estimated from the runs so far. */
function remaining() {
  const left = plan.slice(done).reduce((sum, { expected }) => sum + expected, 0);
  return spent.expected === 0 ? left : (left * spent.real) / spent.expected;
}

function save() {
  const goals = (entry) => entry.goals.map((goal) => ({ title: goal.title, ...outcome(goal, entry.rounds) }));
  const results = { ...facts(), cases: cases.map((entry) => ({ ...entry, goals: goals(entry) })) };
  writeFileSync(join(RESULTS, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(RESULTS, "results.md"), markdown());
}

function markdown() {
  return report({ ...facts(), cases });
}

function facts() {
  const load = loads.map((load) => number(load, 1)).join(", ");
  const date = new Date().toISOString().slice(0, 10);
  return { date, missing, setting: { ...setting(), rounds: loads.length, "load average before each round": load } };
}

/** The names in an environment variable, all of them by default. */
function selection(variable, all) {
  const names = process.env[variable]?.split(",").filter(Boolean) ?? [];
  for (const name of names) {
    if (!all.includes(name)) throw new Error(`${variable}: there is no ${name}, but ${all.join(", ")}`);
  }
  return names.length === 0 ? all : names;
}

function duration(seconds) {
  return seconds < 90 ? `about ${Math.ceil(seconds)} s` : `about ${Math.ceil(seconds / 60)} min`;
}
