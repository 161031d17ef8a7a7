// The samples of families, out of the reports of hubs.
import { FAMILIES, SUMS, familyOf, valuesIn } from "./families.mjs";
import { FIGURES } from "./figures.mjs";
import { sampleOf } from "./text.mjs";

/** @import { Family } from "./families.mjs" */
/** @import { Report } from "./report.mjs" */

/**
 * A figure of a family: the values of its labels, and the number.
 *
 * @typedef {{ values: string[], figure: number }} Own
 */

/**
 * The places of a family's figures in a report.
 *
 * @type {Map<Family, { values: string[], at: number }[]>}
 */
const places = new Map([...FAMILIES, ...SUMS].map((family) => [family, FIGURES.flatMap((figure, at) => placeOf(figure, { family, at }))]));

/**
 * @param {string} figure
 * @param {{ family: Family, at: number }} of
 */
function placeOf(figure, { family, at }) {
  const parts = figure.split(".");
  const values = valuesIn(parts, family);
  const isOwn = SUMS.includes(family) || familyOf(parts) === family;
  return values !== undefined && isOwn ? [{ values, at }] : [];
}

/**
 * The samples of a family, of one hub.
 *
 * @param {Family & { except?: string }} family
 * @param {{ hub: string, report: Report }} of
 */
export function samplesOf(family, { hub, report }) {
  const own = ownOf(family, report);
  if (SUMS.includes(family)) {
    const counted = own.filter(({ values }) => !values.includes(family.except ?? ""));
    return sampleOf(family.name, [["hub", hub]], counted.reduce((sum, { figure }) => sum + figure, 0));
  }
  if (family.type === "histogram") return histogramOf(family, hub, own);
  return own.map(({ values, figure }) => sampleOf(family.name, labelsOf(family, hub, values), valueOf(family, figure))).join("");
}

/**
 * @param {Family} family
 * @param {Report} report
 * @returns {Own[]}
 */
function ownOf(family, { figures, rows }) {
  const own = (places.get(family) ?? []).map(({ values, at }) => ({ values, figure: figures[at] ?? 0 }));
  for (const row of rows) {
    const values = valuesIn(row.slice(0, -1).map(String), family);
    if (values !== undefined) own.push({ values, figure: Number(row.at(-1)) });
  }
  return own;
}

function valueOf(/** @type {Family} */ { isTime = false, per = 1 }, /** @type {number} */ figure) {
  if (!isTime) return figure / per;
  return figure === 0 ? 0 : Math.max(0, Date.now() - figure) / per;
}

/**
 * @param {Family} family
 * @param {string} hub
 * @param {string[]} values
 * @returns {[string, string][]}
 */
function labelsOf({ labels = [] }, hub, values) {
  return [["hub", hub], ...labels.map((label, at) => /** @type {[string, string]} */ ([label, values[at] ?? ""]))];
}

/**
 * A bucket has also what is in the smaller ones.
 *
 * @param {Family} family
 * @param {string} hub
 * @param {Own[]} own each bucket alone, and the sum
 */
function histogramOf({ name, per = 1 }, hub, own) {
  let count = 0;
  let text = "";
  for (const { values, figure } of own) {
    const [bound = ""] = values;
    if (bound === "sum") {
      text += sampleOf(`${name}_sum`, [["hub", hub]], figure / per) + sampleOf(`${name}_count`, [["hub", hub]], count);
      continue;
    }
    count += figure;
    text += sampleOf(`${name}_bucket`, [["hub", hub], ["le", bound === "+Inf" ? bound : floatOf(Number(bound) / per)]], count);
  }
  return text;
}

/** OpenMetrics writes the bounds of buckets as floats. */
function floatOf(/** @type {number} */ bound) {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}
