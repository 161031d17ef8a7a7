// Where the key of a token comes from: a file, the standard input, the environment or .dev.vars.
import { createReadStream } from "node:fs";
import { parseEnv } from "node:util";
import { Failure } from "./failure.mjs";

/**
 * @typedef {object} KeyOptions
 * @property {string} [key]
 * @property {string[]} [publish]
 * @property {string[]} [subscribe]
 * @property {string} [algorithm]
 * @property {string} [kid]
 */

/**
 * The text of a key.
 *
 * @typedef {object} KeyText
 * @property {string} text
 * @property {string} name where it comes from, as messages name it
 */

const VARIABLES = Object.freeze({ publish: "MERCURE_PUBLISHER_JWT_KEY", subscribe: "MERCURE_SUBSCRIBER_JWT_KEY" });

/** The prefix of variables in a Worker that has others of its own. */
const PREFIX = "MILLSTREAM_";

/** wrangler's file of variables for development. */
const DEV_VARS = ".dev.vars";

/** No key is larger. */
const MAX_BYTES = 64 << 10;

/**
 * Finds the key of a token with these grants.
 *
 * @param {KeyOptions} options
 * @returns {Promise<KeyText>}
 */
export async function findKey({ key, publish, subscribe }) {
  if (key === "-") return ofStandardInput();
  if (key !== undefined) return { text: withoutEnd(await read(createReadStream(key), shown(key))), name: shown(key) };
  const asked = [...(publish ? [VARIABLES.publish] : []), ...(subscribe ? [VARIABLES.subscribe] : [])];
  const file = { name: DEV_VARS, variables: asked.every((variable) => ofEnvironment(variable)) ? {} : await devVars() };
  const found = asked.map((variable) => ofEnvironment(variable) ?? ofPlace(variable, file));
  const missing = asked.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    const set = missing.join(" and ");
    throw new Failure(`there is no key: set ${set} as the hub has it, or give --key FILE (--key - is the standard input)`);
  }
  const [first, second] = found;
  if (first === undefined) throw new Failure("the token would grant nothing");
  if (second !== undefined && second.text !== first.text) {
    throw new Failure(`${first.name} and ${second.name} differ: make two tokens, one with --publish and one with --subscribe`);
  }
  return first;
}

/** @returns {Promise<KeyText>} */
export async function ofStandardInput() {
  if (process.stdin.isTTY) process.stderr.write("millstream: reading the key from the terminal; Ctrl-D ends it\n");
  return { text: withoutEnd(await read(process.stdin, "the standard input")), name: "the standard input" };
}

/** The key in a variable of the environment. @param {string} variable */
export const ofEnvironment = (variable) => ofPlace(variable, { name: "the environment", variables: process.env });

/**
 * @param {string} variable
 * @param {{ name: string, variables: NodeJS.Dict<string> }} place
 * @returns {KeyText | undefined}
 */
function ofPlace(variable, { name, variables }) {
  const set = [variable, PREFIX + variable].filter((name) => (variables[name] ?? "") !== "");
  const [first, second] = set;
  if (first === undefined) return undefined;
  if (second !== undefined && variables[first] !== variables[second]) {
    throw new Failure(`${first} and ${second} are both set in ${name}, and differ: unset one, or give --key FILE`);
  }
  return { text: variables[first] ?? "", name: name === DEV_VARS ? `${first} in ${DEV_VARS}` : first };
}

async function devVars() {
  try {
    return parseEnv(await read(createReadStream(DEV_VARS), DEV_VARS));
  } catch (error) {
    if (error instanceof Unreadable && error.code === "ENOENT") return {};
    throw error;
  }
}

/** Why a file cannot be read. @type {ReadonlyMap<string | undefined, string>} */
const REASONS = new Map([
  ["ENOENT", "there is no such file (a secret itself is given by --key -, through the standard input)"],
  ["EACCES", "it may not be read"],
  ["EISDIR", "it is a folder"],
]);

class Unreadable extends Failure {
  /** @param {string} message @param {string | undefined} code */
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/**
 * @param {AsyncIterable<Buffer>} stream
 * @param {string} name
 */
async function read(stream, name) {
  const chunks = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_BYTES) break;
    }
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Unreadable(`${name} cannot be read: ${REASONS.get(code) ?? code}`, code);
  }
  if (bytes > MAX_BYTES) throw new Failure(`${name} has more than ${MAX_BYTES} bytes, so it is no key`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Failure(`${name} is not text in UTF-8; a key is a secret as text, PEM or a JWK`);
  }
}

/** A file with a secret has a line break at its end, which editors and openssl add. @param {string} text */
const withoutEnd = (text) => text.replace(/\r?\n$/, "");

/**
 * How a message names a file. A secret may have been given in its place, so only a text that looks like the name of a
 * file is shown.
 *
 * @param {string} path
 */
function shown(path) {
  return /\.[A-Za-z0-9]{1,6}$|^[./~]|^[A-Za-z]:\\/.test(path) ? `the file ${path}` : "the file of --key";
}
