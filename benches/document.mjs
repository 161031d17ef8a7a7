// The parts of documents that hold results.
//
// A part stands between `<!-- benchmark: NAME -->` and `<!-- end -->`. The names are those of `parts`, or `cases` with the
// names of the cases whose tables stand there.
import { figuresOf, goalsOf, heading, number, table } from "./report.mjs";
import { median } from "./statistics.mjs";

const PART = /<!-- benchmark: ([^>]*) -->(\n?)([^]*?)<!-- end -->/g;

/**
 * The contents of the parts, by their names: a text, or a function of the other words of the name and the text that stands
 * there. What was not measured keeps the figures that it has.
 */
export function parts({ date, setting, missing, cases }) {
  const absent = Object.entries(missing).map(([target, reason]) => `- ${target} is missing: ${reason}`);
  const named = (name) => {
    const entry = cases.find((entry) => entry.name === name);
    if (entry === undefined) throw new Error(`there is no case ${name}`);
    return entry;
  };
  const all = (run, name, of) => number(median(named(name).rounds.map((round) => round[run]).filter(Boolean).map(of)) ?? NaN);
  // Rounds differ in the second digit. The tables have the spread.
  const rate = (run) => all(run, "saturate", (result) => Number(result.deliveries_per_second.toPrecision(3)));
  // The sentence says that it takes less.
  const latency = (member) => all("millstream", "paced", (result) => Math.ceil(result[member]));
  return {
    summary: [
      `- With 500 subscribers and 200 updates a second, half of the deliveries take less than ${latency("latency_p50_ms")} ms, and 99 of 100 less than ${latency("latency_p99_ms")} ms.`,
      `- When updates come as fast as they are accepted, the 500 subscribers together receive ${rate("millstream, NDJSON")} updates a second; from a hand-written object it is ${rate("naive")}, from nchan ${rate("nchan")}.`,
      `- A single POST takes ${all("millstream, 16 publishers", "post", cpuOfPost)} µs of a processor, and is on the disk before it is answered; a hand-written object that stores takes ${all("stored, 16 publishers", "post", cpuOfPost)} µs.`,
    ].join("\n"),
    speed: `On two cores 500 subscribers together receive ${rate("millstream, single POSTs")} updates a second by single POSTs; from nchan, ${rate("nchan")}.`,
    goals: (_, known) => goalsOf(cases, known),
    setting: [`Measured on ${date}.`, table(["setting", "value"], Object.entries(setting)), ...absent].join("\n\n"),
    cases: (names, known) => {
      const entries = names.map(named);
      if (known !== "" && entries.every(({ rounds }) => rounds.length === 0)) return known;
      return entries.map((entry) => `### ${heading(entry)}\n\n${figuresOf(entry)}`).join("\n\n");
    },
  };
}

/** The text with its parts replaced by these contents. A part within a line stays within it. */
export function filled(text, contents) {
  return text.replace(PART, (_, name, newline, known) => {
    const [kind, ...names] = name.split(" ");
    const content = typeof contents[kind] === "function" ? contents[kind](names, known.trim()) : contents[kind];
    if (content === undefined) throw new Error(`there is no part ${name}`);
    const around = newline === "" ? "" : "\n\n";
    return `<!-- benchmark: ${name} -->${around}${content}${around}<!-- end -->`;
  });
}

/** The cases whose tables a text holds, in its order. */
export function casesIn(text) {
  return [...text.matchAll(PART)].flatMap(([, name]) => (name.startsWith("cases ") ? name.split(" ").slice(1) : []));
}

function cpuOfPost({ server_cpu_seconds, published }) {
  return (1e6 * server_cpu_seconds) / published;
}
