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

/**
 * Lines with two columns.
 *
 * @param {[string, string][]} rows
 */
export function list(rows) {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}

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
  return `millstream ${name}: ${about}

Usage: millstream ${name} [OPTIONS]${argument ? ` [${argument.value}]` : ""}

Options:
${list([...rows, ["-h, --help", "print this"]])}

${notes}

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
