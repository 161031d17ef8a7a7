// The chart of the goals: how far each measured figure is from its bound, as an SVG.
//
// Every bar is the measured figure over its bound (where more is better: the bound over the figure). So all bars have one
// scale, shorter is better, and a bar that ends at its mark or before meets its goal.
import { bound, number, outcome } from "./report.mjs";
import { summary } from "./statistics.mjs";

const WIDTH = 640;
const MARGIN = 10;
const LINE = 24;
const BAR = 16;
const BELOW = 20;
const TOP = 76;
/** The most characters of a line. */
const LONGEST = 62;
/** The place of the mark at 1, and the greatest multiple of a bound that fits. */
const GOAL_AT = 400;
const GREATEST = (WIDTH - 2 * MARGIN) / (GOAL_AT - MARGIN);

/** The goals with a bound that were measured, as rows of the chart. */
export function rowsOf(cases) {
  return cases.flatMap((entry) =>
    entry.goals
      .filter(({ least, most }) => least > 0 || most > 0)
      .map((goal) => ({ goal, name: entry.name, ...outcome(goal, entry.rounds) }))
      .filter(({ values }) => values.length > 0)
      .map(({ goal, name, values, met }) => {
        const { median, least, greatest } = summary(values);
        const multiple = (value) => (goal.most === undefined ? goal.least / value : value / goal.most);
        const ends = [multiple(least), multiple(greatest)].sort((a, b) => a - b);
        const figure = `${number(median, goal.digits ?? 2)}, goal ${bound(goal)}, ${met ? "met" : "missed"}`;
        return { name, title: goal.title, figure, met, multiple: multiple(median), ends };
      }),
  );
}

/** The chart of such rows. */
export function chart(rows) {
  const met = rows.filter((row) => row.met).length;
  const said = rows.map(({ name, title, figure }) => `${name}, ${title}: ${figure}.`).join(" ");
  let height = TOP;
  const drawn = rows.map((row) => {
    const { text, bottom } = draw(row, height);
    height = bottom;
    return text;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${met} of ${rows.length} goals are met</title>
<desc id="description">${escaped(said)}</desc>
<style>
text { font: 18px system-ui, sans-serif; fill: #1f2328; }
.heading { font-size: 22px; font-weight: 600; }
.figure { font-weight: 600; }
.met { fill: #2da44e; }
.missed { fill: #d4780a; }
line { stroke: #1f2328; stroke-width: 2; }
.goal { stroke-width: 4; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  line { stroke: #e6edf3; }
}
</style>
<text class="heading" x="${MARGIN}" y="28">${met} of ${rows.length} goals are met</text>
<text x="${MARGIN}" y="56">Shorter is better: a bar up to its mark meets the goal.</text>
${drawn.join("\n")}
</svg>
`;
}

/** The figure and its title; below them the bar, the mark of the goal, and a line between the least and the greatest. */
function draw({ name, title, figure, met, multiple, ends }, top) {
  const lines = wrapped(title);
  const y = top + LINE * (lines.length + 1);
  const [from, to] = ends.map(place);
  const texts = lines.map((line, at) => `<text x="${MARGIN}" y="${top + LINE * (at + 2) - 6}">${escaped(line)}</text>`);
  const text = [
    `<text class="figure" x="${MARGIN}" y="${top + LINE - 6}">${escaped(`${name}: ${figure}`)}</text>`,
    ...texts,
    `<rect class="${met ? "met" : "missed"}" x="${MARGIN}" y="${y}" width="${round(place(multiple) - MARGIN)}" height="${BAR}"/>`,
    `<line x1="${round(from)}" x2="${round(to)}" y1="${y + BAR / 2}" y2="${y + BAR / 2}"/>`,
    `<line class="goal" x1="${GOAL_AT}" x2="${GOAL_AT}" y1="${y - 4}" y2="${y + BAR + 4}"/>`,
  ].join("\n");
  return { text, bottom: y + BAR + BELOW };
}

/** Lines of no more characters than fit, broken at spaces. */
function wrapped(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length > LONGEST) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}

/** Where a multiple of the bound ends; what is too long is cut. */
function place(multiple) {
  return MARGIN + Math.min(multiple, GREATEST) * (GOAL_AT - MARGIN);
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
