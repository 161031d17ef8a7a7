// The cost of closed topics: node benches/closings.mjs, or `make bench-closings`.
//   ROUNDS=5   the number of rounds, each with a new server; the result is the median
// One NDJSON body publishes an empty update to each of 10,000 topics, and another closes 10,000 topics without an update;
// the topics of both are as long, and the order changes from round to round. Measured are the processor time of
// workerd and the growth of the database. The exit status is 1 when a goal is not met.
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { loadavg } from "node:os";
import { rows } from "../tests/e2e/database.mjs";
import { nanoseconds } from "./processor.mjs";
import { number, spread, table } from "./report.mjs";
import { Server } from "./server.mjs";
import { median, ratio } from "./statistics.mjs";
import { RESULTS, TARGETS } from "./targets.mjs";

const COUNT = 10_000;
const WARM = 2_000;
const MOST_BYTES = 200;
const MOST_TIMES = 1;
const PATH = "/.well-known/mercure";
const NDJSON = { "content-type": "application/x-ndjson" };
/** The members of a line beside its topic. */
const KINDS = { update: { data: "" }, closing: { close: true } };

const rounds = Number(process.env.ROUNDS || 5);
const measured = [];
mkdirSync(RESULTS, { recursive: true });
for (let round = 0; round < rounds; round++) {
  console.log(`round ${round + 1} of ${rounds}, load average ${loadavg()[0].toFixed(1)}`);
  measured.push(await measure(round % 2 === 0 ? ["update", "closing"] : ["closing", "update"]));
}
process.exit(print() ? 0 : 1);

/** For each kind the milliseconds of the processor for all, and the bytes of the database for one. */
async function measure(kinds) {
  let folder;
  const { commands, ...target } = TARGETS.millstream;
  const server = await Server.start({ ...target, commands: (given) => ((folder = given.folder), commands(given)) });
  try {
    for (const kind of kinds) await send(server, kind, WARM);
    const figures = {};
    for (const kind of kinds) {
      const [time, bytes] = [nanoseconds(server), size(folder)];
      await send(server, kind, COUNT);
      figures[kind] = { milliseconds: (nanoseconds(server) - time) / 1e6, bytes: (size(folder) - bytes) / COUNT };
    }
    return figures;
  } finally {
    await server.stop();
  }
}

/** Sends one body, and wants an id for each line. */
async function send({ address }, kind, count) {
  const line = () => `${JSON.stringify({ topic: `chats/${randomUUID()}`, ...KINDS[kind] })}\n`;
  const body = Array.from({ length: count }, line).join("");
  const response = await fetch(`http://${address}${PATH}`, { method: "POST", headers: NDJSON, body });
  const answers = (await response.text()).trimEnd().split("\n");
  const refused = answers.find((answer) => typeof JSON.parse(answer).id !== "string");
  if (answers.length !== count || refused !== undefined) throw new Error(`${answers.length} answers of ${count}: ${refused}`);
}

/** The bytes of the hub's database. */
function size(folder) {
  const [{ bytes }] = rows(folder, "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size");
  return bytes;
}

/** Prints the table, and returns whether the goals are met. */
function print() {
  const of = (kind, figure) => measured.map((figures) => figures[kind][figure]);
  const times = of("closing", "milliseconds").map((value, at) => ratio(value, of("update", "milliseconds")[at]));
  const bytes = of("closing", "bytes");
  const row = (kind) => [kind, spread(of(kind, "milliseconds")), spread(of(kind, "bytes"))];
  console.log(`\n${table(["10,000 of", "CPU, ms", "bytes of storage for one"], [row("update"), row("closing")])}`);
  console.log(`\nCPU of closings, times that of updates: ${spread(times, 2)}, at most ${number(MOST_TIMES)}`);
  console.log(`bytes for a closed topic: ${spread(bytes)}, at most ${number(MOST_BYTES)}`);
  return median(times) <= MOST_TIMES && median(bytes) <= MOST_BYTES;
}
