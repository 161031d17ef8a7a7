// `millstream stats`: what a hub says about itself.
import { list } from "./command.mjs";
import { Deployment, NOTES, OF_HUB, URL_ARGUMENT } from "./deployment.mjs";
import { age, count, printable, size } from "./readable.mjs";

/** @type {import("./command.mjs").Command} */
export const stats = {
  about: "tell the figures of a hub: its connections, and what it holds",
  argument: URL_ARGUMENT,
  options: OF_HUB,
  notes: `docs/operations.md says what each figure is. To ask a hub wakes it.\n\n${NOTES}`,
  examples: ["millstream stats https://hub.example --hub news", "millstream stats https://hub.example --json"],
  async run(/** @type {import("./deployment.mjs").Place & { json?: boolean }} */ { json, ...place }) {
    const deployment = await Deployment.of("stats", place);
    const figures = await deployment.json(deployment.ofHub("stats"));
    if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
    else process.stdout.write(`${list(figureRows(figures, Date.now()))}\n`);
  },
};

/** After this, a number is a time in milliseconds since 1970. */
const TIMES_BEGIN = 1_000_000_000_000;

/**
 * The figures with their names; those of an object have its name before a dot.
 *
 * @param {object} figures
 * @param {number} now
 * @param {string} [outer]
 * @returns {[string, string][]}
 */
export function figureRows(figures, now, outer = "") {
  return Object.entries(figures).flatMap(([name, value]) => {
    const full = `${outer}${printable(name)}`;
    if (value !== null && typeof value === "object") return figureRows(value, now, `${full}.`);
    return [/** @type {[string, string]} */ ([full, readable(full, value, now)])];
  });
}

/** @param {string} name @param {unknown} value @param {number} now */
function readable(name, value, now) {
  if (value === null) return "-";
  if (typeof value !== "number") return printable(value);
  if (value >= TIMES_BEGIN) return `${new Date(value).toISOString()} (${age(value, now)} ago)`;
  return /bytes|memory/i.test(name) ? size(value) : count(value);
}
