// A command: its options as a table, from which its help is made and its arguments are read.
import { parseArgs } from "node:util";
import { UsageError } from "./failure.mjs";
import { suggestion } from "./similar.mjs";

/**
 * @typedef {object} Option
 * @property {"string" | "boolean"} type as in `node:util`
 * @property {boolean} [multiple] whether it may be repeated
 * @property {string} [value] the name of its value in the help; a boolean has none
 * @property {string} about one line
 */

/** @typedef {Record<string, string | boolean | (string | boolean)[] | undefined>} Values */

/**
 * @typedef {object} Command
 * @property {string} about one line
 * @property {{ name: string, value: string, about: string, wrong: string }} [argument] a word that belongs to no option: the
 *   option that `run` sees it as, its name in the help, one line, and the error when there is another one
 * @property {Record<string, Option>} options
 * @property {string} notes what is printed between the options and the examples
 * @property {string[]} examples
 * @property {(values: any) => Promise<void>} run
 */

/** The columns of a terminal that the help fits into. */
const COLUMNS = 80;

/**
 * Lines with two columns. A long text at the right goes on below itself.
 *
 * @param {[string, string][]} rows
 */
export function list(rows) {
  const width = Math.max(...rows.map(([left]) => left.length));
  const indent = " ".repeat(width + 4);
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${wrapped(right, COLUMNS - indent.length).join(`\n${indent}`)}`).join("\n");
}

/** The lines of a text, which break between words. A word that is longer than a line has one of its own. @param {string} text @param {number} columns */
function wrapped(text, columns) {
  const [first = "", ...others] = text.split(" ");
  const lines = [first];
  for (const word of others) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length > columns) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines;
}

/** A text of several lines, each wrapped for a terminal. @param {string} text */
export const paragraphs = (text) => text.split("\n").flatMap((line) => wrapped(line, COLUMNS)).join("\n");

/**
 * The help of a command.
 *
 * @param {string} name
 * @param {Command} command
 */
export function commandHelp(name, { about, argument, options, notes, examples }) {
  /** @type {[string, string][]} */
  const rows = Object.entries(options).map(([option, { value, about }]) => [`--${option}${value ? ` ${value}` : ""}`, about]);
  if (argument !== undefined) rows.unshift([argument.value, argument.about]);
  return `${paragraphs(`millstream ${name}: ${about}`)}

Usage: millstream ${name} [OPTIONS]${argument ? ` [${argument.value}]` : ""}

Options:
${list([...rows, ["-h, --help", "print this"]])}

${paragraphs(notes)}

Examples:
${examples.map((example) => `  ${example}`).join("\n")}
`;
}

/**
 * Reads the arguments of a command.
 *
 * @param {string} name
 * @param {Command} command
 * @param {string[]} args
 * @returns {Values | "help"}
 */
export function readOptions(name, { argument, options }, args) {
  const all = /** @type {const} */ ({ ...options, help: { type: "boolean", short: "h" } });
  try {
    const { values, positionals } = parseArgs({ args, options: all, allowPositionals: argument !== undefined });
    const { help, ...others } = values;
    if (help === true) return "help";
    // It may be a key that stands in the wrong place, so it is not shown.
    if (argument !== undefined && positionals.length > 1) throw new UsageError(argument.wrong, helpOf(name));
    return /** @type {Values} */ (argument === undefined ? others : { ...others, [argument.name]: positionals[0] });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const known = [...Object.keys(options), "help"].map((option) => `--${option}`);
    throw usageError(name, known, /** @type {NodeJS.ErrnoException} */ (error));
  }
}

/** What is printed below an error of a command's options. @param {string} name */
export const helpOf = (name) => `millstream ${name} --help lists the options.\n`;

/**
 * An error of `parseArgs` in our words.
 *
 * @param {string} name
 * @param {string[]} known
 * @param {NodeJS.ErrnoException} error
 */
function usageError(name, known, { code, message }) {
  const help = helpOf(name);
  const argument = /'(?:-\w, )?([^' ]+)/.exec(message)?.[1] ?? "";
  switch (code) {
    case "ERR_PARSE_ARGS_UNKNOWN_OPTION":
      return new UsageError(`there is no option ${argument}${suggestion(argument, known)}`, help);
    case "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL":
      // It may be a key that stands in the wrong place, so it is not shown.
      return new UsageError("a word belongs to no option: each value stands behind its option, as in --publish 'orders/{id}'", help);
    case "ERR_PARSE_ARGS_INVALID_OPTION_VALUE":
      if (message.includes("does not take")) return new UsageError(`${argument} takes no value`, help);
      return new UsageError(`${argument} needs a value; one that begins with a hyphen is written ${argument}=-…`, help);
    default:
      return new UsageError(message, help);
  }
}
