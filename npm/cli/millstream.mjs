#!/usr/bin/env node
// The command line: `npx millstream COMMAND`.
//
// Exit codes: 0 when it is done, 1 when it failed, 2 when the command line is wrong.
import { readFileSync } from "node:fs";
import { commandHelp, list, paragraphs, readOptions } from "./command.mjs";
import { exportHub } from "./export.mjs";
import { Failure, Interrupted, UsageError } from "./failure.mjs";
import { clear, deleteHub, drain } from "./hub_life.mjs";
import { hubs } from "./hubs.mjs";
import { importHub } from "./import.mjs";
import { endBy } from "./interrupt.mjs";
import { suggestion } from "./similar.mjs";
import { stats } from "./stats.mjs";
import { token } from "./token.mjs";

/** Every command. A new one is a file and a row here. */
const COMMANDS = Object.freeze({ token, hubs, stats, drain, clear, delete: deleteHub, export: exportHub, import: importHub });

/** No command has a longer name. */
const LONGEST_NAME = 20;

const HELP = `millstream: durable server-sent events on Cloudflare Workers

Usage: millstream COMMAND [OPTIONS]

Commands:
${list(Object.entries(COMMANDS).map(([name, { about }]) => [name, about]))}

Options:
${list([
  ["-h, --help", "print this, or with a command its options"],
  ["-V, --version", "print the version"],
])}

Examples:
  millstream token --publish '*'
  millstream hubs https://hub.example
  millstream export --help

${paragraphs("It exits with 0 when it is done, 1 when it failed, and 2 when the command line is wrong.")}
`;

/** The version of the package. The repository's own manifest has none. */
function version() {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return manifest.version ?? "unreleased";
}

/**
 * Runs a command line.
 *
 * @param {string[]} args what is behind the name of the program
 */
async function main([name, ...args]) {
  if (name === undefined) throw new UsageError("there is no command", HELP);
  if (name === "-h" || name === "--help") return void process.stdout.write(HELP);
  if (name === "-V" || name === "--version") return void process.stdout.write(`${version()}\n`);
  if (!isCommand(name)) {
    const kind = name.startsWith("-") ? "option" : "command";
    // A longer word may be a key that stands in the wrong place.
    const shown = name.length > LONGEST_NAME ? "of that name" : name;
    throw new UsageError(`there is no ${kind} ${shown}${suggestion(name, [...Object.keys(COMMANDS), "--help", "--version"])}`);
  }
  const command = COMMANDS[name];
  const values = readOptions(name, command, args);
  if (values === "help") return void process.stdout.write(commandHelp(name, command));
  await command.run(values);
}

/** @param {string} name @returns {name is keyof typeof COMMANDS} */
const isCommand = (name) => Object.hasOwn(COMMANDS, name);

// A reader that has gone, such as `head`, needs no more and no word about it.
process.stdout.on("error", (/** @type {NodeJS.ErrnoException} */ error) => {
  if (error.code !== "EPIPE") process.stderr.write(`millstream: the standard output cannot be written: ${error.message}\n`);
  process.exit(1);
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`millstream: ${error.message}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${error.help}`);
  process.exitCode = error.exitCode;
  if (error instanceof Interrupted) endBy(error);
}
