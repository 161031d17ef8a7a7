// `millstream drain`, `clear` and `delete`: the life of one hub.
import { createInterface } from "node:readline/promises";
import { helpOf } from "./command.mjs";
import { Deployment, NOTES, OF_HUB, URL_ARGUMENT } from "./deployment.mjs";
import { Failure, UsageError } from "./failure.mjs";
import { counted, printable } from "./readable.mjs";

/** @typedef {import("./deployment.mjs").Place & { json?: boolean }} HubOptions */

/** A hub's own default. */
const DEFAULT_WITHIN = "10s";

/** @type {import("./command.mjs").Command} */
export const drain = {
  about: "send all clients of a hub away in good order; they come back",
  argument: URL_ARGUMENT,
  options: {
    within: { type: "string", value: "TIME", about: `the time in which they come back, up to 5m (${DEFAULT_WITHIN})` },
    ...OF_HUB,
  },
  notes: NOTES,
  examples: ["millstream drain https://hub.example --within 30s", "millstream drain https://hub.example --hub news"],
  async run(/** @type {HubOptions & { within?: string }} */ { within = DEFAULT_WITHIN, json, ...place }) {
    const deployment = await Deployment.of("drain", place);
    const answer = await deployment.json(`${deployment.ofHub("drain")}?within=${encodeURIComponent(within)}`, { method: "POST" });
    const { connections } = answer;
    print(json, answer, `drained ${deployment.name}: ${counted(connections, "connection has ended, and comes", "connections have ended, and come")} back within ${within}`);
  },
};

/** @type {import("./command.mjs").Command} */
export const clear = {
  about: "remove all updates that a hub holds; its clients stay",
  argument: URL_ARGUMENT,
  options: OF_HUB,
  notes: `Closed topics stay closed, and the numbering goes on. A client that comes back for a removed update is told of a gap.\n\n${NOTES}`,
  examples: ["millstream clear https://hub.example --hub news"],
  async run(/** @type {HubOptions} */ { json, ...place }) {
    const deployment = await Deployment.of("clear", place);
    const answer = await deployment.json(deployment.ofHub("history"), { method: "DELETE" });
    print(json, answer, `cleared ${deployment.name}: ${counted(answer.removed, "update is", "updates are")} removed`);
  },
};

/** @type {import("./command.mjs").Command} */
export const deleteHub = {
  about: "remove a hub and its updates; its clients come back to an empty hub",
  argument: URL_ARGUMENT,
  options: { ...OF_HUB, yes: { type: "boolean", about: "do not ask for the name of the hub again" } },
  notes: `Without --yes it asks for the name of the hub again, on a terminal. millstream export keeps what a hub holds.\n\n${NOTES}`,
  examples: ["millstream delete https://hub.example --hub news", "millstream delete https://hub.example --hub news --yes"],
  async run(/** @type {HubOptions & { yes?: boolean }} */ { json, yes, ...place }) {
    const deployment = await Deployment.of("delete", place);
    const path = deployment.path(`/hubs/${deployment.hub}`);
    if (!yes) await confirm(String(deployment.hub));
    const answer = await deployment.json(path, { method: "DELETE" });
    print(json, answer, `deleted ${deployment.name}`);
  },
};

/** Asks for the name again. @param {string} hub */
async function confirm(hub) {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError(`nobody is here to be asked whether the hub ${hub} is to be deleted: add --yes`, helpOf("delete"));
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise((resolve) => asking.once("close", () => resolve(undefined)));
  const given = await Promise.race([asking.question(`All that the hub ${hub} holds will be gone. Its name again: `), ended]);
  asking.close();
  if (given === undefined) process.stderr.write("\n");
  if (given !== hub) throw new Failure(`that is not the name ${hub}, so nothing is deleted`);
}

/**
 * Prints what was answered.
 *
 * @param {boolean | undefined} isJson
 * @param {unknown} answer
 * @param {string} sentence
 */
export function print(isJson, answer, sentence) {
  process.stdout.write(isJson ? `${JSON.stringify(answer)}\n` : `${printable(sentence)}\n`);
}
