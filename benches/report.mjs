// The results, as Markdown.
import { summary } from "./statistics.mjs";

/** A number with separated thousands, or a dash if there is none. */
export function number(value, digits = 0) {
  if (!Number.isFinite(value)) return "–";
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `median (least–greatest)`; the median alone when there is one value. */
export function spread(values, digits = 0) {
  const figure = summary(values);
  if (figure === undefined) return "–";
  const { median, least, greatest } = figure;
  if (values.length === 1) return number(median, digits);
  return `${number(median, digits)} (${number(least, digits)}–${number(greatest, digits)})`;
}

/** A table. Characters that would end a cell are escaped. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replace(/\|/g, "\\|").replace(/\s+/g, " ")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

/**
 * The outcome of a goal: its values, and whether it is met. Each round has the results by the names of the runs. `met`
 * is undefined when a result is missing, or when there is no bound.
 */
export function outcome(goal, rounds) {
  const values = rounds.map((round) => value(goal, round)).filter((value) => value !== undefined);
  if (values.length === 0) return { values };
  if (typeof values[0] === "boolean") return { values, met: values.every(Boolean) };
  const { median } = summary(values);
  if (goal.least === undefined && goal.most === undefined) return { values };
  return { values, met: median >= (goal.least ?? -Infinity) && median <= (goal.most ?? Infinity) };
}

/** A failed run has no result; its round is then left out of the comparison. */
function value(goal, round) {
  try {
    const value = goal.of(round);
    return typeof value === "boolean" || Number.isFinite(value) ? value : undefined;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The whole report. `cases` are those of cases.mjs with their results. */
export function report({ date, setting, cases, missing }) {
  const sections = cases.map((entry) => `### ${heading(entry)}\n\n${figuresOf(entry)}`);
  const absent = Object.entries(missing).map(([target, reason]) => `- ${target} is missing: ${reason}`);
  return [
    `Measured on ${date}.`,
    table(["setting", "value"], Object.entries(setting)),
    ...(absent.length === 0 ? [] : [absent.join("\n")]),
    goalsOf(cases),
    ...sections,
    "",
  ].join("\n\n");
}

/** The table of all goals. A case that was not measured has its rows of `known`, the table before. */
export function goalsOf(cases, known = "") {
  const rowOf = ({ name, rounds }, { title }) => {
    const row = rounds.length === 0 ? known.split("\n").find((line) => line.startsWith(`| ${name} | ${title} |`)) : undefined;
    return row?.slice(2, -2).split(" | ");
  };
  const rows = cases.flatMap((entry) => entry.goals.map((goal) => rowOf(entry, goal) ?? goalRow(entry, goal)));
  return table(["case", "goal", "bound", "measured", "met"], rows);
}

/** The title of a case, with how it differs from others. */
export function heading({ title, once }) {
  return once ? `${title} (in one round)` : title;
}

/** What a goal is met by, as text. */
export function bound(goal) {
  const bounds = [];
  if (goal.least !== undefined) bounds.push(`≥ ${goal.least}`);
  if (goal.most !== undefined) bounds.push(`≤ ${goal.most}`);
  return bounds.join(", ") || "–";
}

function goalRow({ name, rounds }, goal) {
  const { values, met } = outcome(goal, rounds);
  const yes = values.filter((value) => value === true).length;
  const measured = typeof values[0] === "boolean" ? `${yes} of ${values.length}` : spread(values, goal.digits ?? 2);
  const verdict = met === undefined ? "–" : met ? "yes" : "**no**";
  return [name, goal.title, bound(goal), measured, verdict];
}

/** The table of a case's figures, with the runs that failed. */
export function figuresOf({ runs, figures, rounds, errors }) {
  const rows = runs.map(({ name }) => {
    const results = rounds.map((round) => round[name]).filter((result) => result !== undefined);
    const exact = results.filter(({ ok }) => ok).length;
    const cells = figures.map(({ of, digits }) => spread(results.map(of), digits));
    return [name, ...cells, `${exact} of ${results.length}`];
  });
  const failed = errors.map(({ run, round, error }) => `- ${run}, round ${round}: ${error.replace(/\s+/g, " ")}`);
  return [
    table(["", ...figures.map(({ title }) => title), "exactly once"], rows),
    ...(failed.length === 0 ? [] : [failed.join("\n")]),
  ].join("\n\n");
}
