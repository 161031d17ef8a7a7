// The two forms of metrics as text: Prometheus 0.0.4 and OpenMetrics 1.0.

/** @import { Family } from "./families.mjs" */

/**
 * A form of metrics.
 *
 * @typedef {object} Form
 * @property {string} contentType
 * @property {(family: Family) => string} nameOf the name of a family in its own lines
 * @property {string} end the last line
 */

/** @type {Form} */
export const PROMETHEUS = { contentType: "text/plain; version=0.0.4; charset=utf-8", nameOf: ({ name }) => name, end: "" };

/**
 * Its counters have a name without the suffix of their samples.
 *
 * @type {Form}
 */
export const OPEN_METRICS = {
  contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  nameOf: ({ name, type }) => (type === "counter" ? name.replace(/_total$/, "") : name),
  end: "# EOF\n",
};

/** The form that the header `Accept` asks for. Prometheus 0.0.4 is the default, and goes before OpenMetrics only by its weight. */
export function formFor(/** @type {string | null} */ accept) {
  const weights = { open: 0, text: 0 };
  for (const range of (accept ?? "").toLowerCase().split(",")) {
    const [type, ...parameters] = range.split(";").map((part) => part.trim());
    const named = new Map(parameters.map((parameter) => /** @type {[string, string]} */ (parameter.split(/\s*=\s*/, 2))));
    const weight = Number(named.get("q") ?? 1);
    const version = (named.get("version") ?? "").replaceAll('"', "");
    if (type === "application/openmetrics-text" && ["", "1.0.0"].includes(version)) weights.open = Math.max(weights.open, weight);
    if (type === "text/plain") weights.text = Math.max(weights.text, weight);
  }
  return weights.open > 0 && weights.open >= weights.text ? OPEN_METRICS : PROMETHEUS;
}

/** The lines that begin a family. */
export function headOf(/** @type {Family} */ family, /** @type {Form} */ form) {
  const name = form.nameOf(family);
  return `# HELP ${name} ${family.help}\n# TYPE ${name} ${family.type}\n`;
}

/**
 * A line.
 *
 * @param {string} name
 * @param {[string, string][]} labels
 * @param {number} value
 */
export function sampleOf(name, labels, value) {
  return `${name}{${labels.map(([label, text]) => `${label}="${escaped(text)}"`).join(",")}} ${value}\n`;
}

/** The text of a label: a quotation mark, a backslash and a line break would end it or its line. */
function escaped(/** @type {string} */ text) {
  return text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n");
}
