// `millstream hubs`: the hubs of a deployment, and with `--ask` what each of them says about itself.
import { Deployment, NOTES, OF_ALL, URL_ARGUMENT } from "./deployment.mjs";
import { Failure } from "./failure.mjs";
import { Progress } from "./progress.mjs";
import { age, count, printable, size, table } from "./readable.mjs";

/** How many hubs are asked at once, and the milliseconds that each has for its answer. */
const AT_ONCE = 8;
const DEADLINE = 5_000;

/**
 * A hub in the list.
 *
 * @typedef {object} Listed
 * @property {string} name
 * @property {number} time when it last told the index that it keeps updates, in milliseconds since 1970
 * @property {any} [stats] its own answer
 * @property {string} [error] why there is none
 */

/** @type {import("./command.mjs").Command} */
export const hubs = {
  about: "list the hubs of a deployment",
  argument: URL_ARGUMENT,
  options: { ask: { type: "boolean", about: "ask each hub for its figures, which wakes it" }, ...OF_ALL },
  notes: `A hub is in the list from its first kept update on, until it is deleted. It reports at most once a minute, with its updates.
With --ask each hub has ${DEADLINE / 1_000} s to answer, and ${AT_ONCE} are asked at once.

${NOTES}`,
  examples: ["millstream hubs https://hub.example", "millstream hubs https://hub.example --ask", "millstream hubs https://hub.example --json | jq -r '.[].name'"],
  async run(/** @type {import("./deployment.mjs").Place & { ask?: boolean, json?: boolean }} */ { ask, json, ...place }) {
    const deployment = await Deployment.of("hubs", place);
    const listed = await all(deployment);
    if (ask) await askEach(listed, deployment);
    if (json) process.stdout.write(`${JSON.stringify(listed)}\n`);
    else if (listed.length === 0) process.stderr.write("millstream: no hub keeps an update\n");
    else process.stdout.write(table(rows(listed, ask === true)));
  },
};

/** Reads the list to its end. @param {Deployment} deployment */
async function all(deployment) {
  /** @type {Listed[]} */
  const found = [];
  /** @type {string | undefined} */
  let after;
  for (;;) {
    const query = after === undefined ? "" : `?after=${encodeURIComponent(after)}`;
    const { hubs, next } = await deployment.json(`${deployment.path("/hubs")}${query}`);
    if (!Array.isArray(hubs)) throw new Failure("the answer has no list of hubs, so the deployment is of another version than this command");
    found.push(...hubs);
    // A list that does not come forward would never end.
    if (next === undefined || next === after) return found;
    after = next;
  }
}

/** Asks all hubs, some at once. One that does not answer stops no other. @param {Listed[]} listed @param {Deployment} deployment */
async function askEach(listed, deployment) {
  const waiting = listed.entries();
  const progress = new Progress();
  const asking = async () => {
    for (const [at, hub] of waiting) {
      progress.show(() => `asking ${count(at + 1)} of ${count(listed.length)} hubs`);
      try {
        hub.stats = await deployment.json(deployment.ofHub("stats", hub.name), { signal: deadline() });
      } catch (error) {
        hub.error = /** @type {Error} */ (error).message;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asking));
  progress.end();
}

function deadline() {
  const controller = new AbortController();
  const late = new Failure(`it did not answer within ${DEADLINE / 1_000} s`);
  setTimeout(() => controller.abort(late), DEADLINE).unref();
  return controller.signal;
}

/** @param {Listed[]} listed @param {boolean} isAsked */
function rows(listed, isAsked) {
  const now = Date.now();
  const ago = (/** @type {number | null | undefined} */ time) => (time ? `${age(time, now)} ago` : "-");
  const titles = ["HUB", "REPORTED", ...(isAsked ? ["CONNECTIONS", "UPDATES", "SIZE", "OLDEST"] : [])];
  const figures = (/** @type {Listed} */ { stats, error }) => {
    if (error !== undefined) return [printable(error)];
    const { updates = 0, bytes = 0, oldest } = stats.history ?? {};
    return [count(stats.connections ?? 0), count(updates), size(bytes), ago(oldest)];
  };
  return [titles, ...listed.map((hub) => [printable(hub.name), ago(hub.time), ...(isAsked ? figures(hub) : [])])];
}
