// A deployment, as its operator reaches it: by its URL and the operator's key.
import { helpOf } from "./command.mjs";
import { Failure, UsageError } from "./failure.mjs";
import { ofEnvironment, ofStandardInput } from "./key_source.mjs";
import { explained, unreachable } from "./refused.mjs";

const VARIABLE = "OPERATOR_KEY";
const DEFAULT_HUB = "default";
/** Hosts to which nothing goes over a network. */
const LOOPBACK = /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost)$/;
const IN_LIST = "an argument would be seen in the list of processes";
const KEY_PLACES = `set ${VARIABLE} in the environment, or give --key - and the key through the standard input (${IN_LIST})`;
const WRONG_URL =
  `the URL must be that of a deployment, such as https://hub.example; a hub is given by --hub, a file by --input or --output, and the key by ${VARIABLE}`;

/** The word of the command line that says which deployment. */
export const URL_ARGUMENT = Object.freeze({
  name: "url",
  value: "URL",
  about: "the deployment, such as https://hub.example; without it, MILLSTREAM_URL",
  wrong: WRONG_URL,
});

const key = { type: /** @type {const} */ ("string"), value: "-", about: `read the operator's key from the standard input; without it, ${VARIABLE}` };
const json = { type: /** @type {const} */ ("boolean"), about: "print JSON" };
const hub = { type: /** @type {const} */ ("string"), value: "NAME", about: `the hub (${DEFAULT_HUB})` };

/** The options of every command for a deployment, and of those for one hub. */
export const OF_ALL = Object.freeze({ json, key });
export const OF_HUB = Object.freeze({ hub, json, key });
export const OF_FILE = Object.freeze({ hub, key });

export const NOTES = `The operator's key comes from the environment as ${VARIABLE}, or by --key - from the standard input. No option takes the key itself: ${IN_LIST}.
A hub in an application has the URL of its path there, such as https://app.example/events, and no --hub.`;

/** @typedef {{ url?: string, hub?: string, key?: string }} Place */

/**
 * @typedef {object} Asked
 * @property {string} [method]
 * @property {BodyInit} [body]
 * @property {AbortSignal} [signal]
 * @property {() => void} [answered] called when the answer begins
 */

/** @param {string} command */
const wrong = (command, message = WRONG_URL) => new UsageError(message, helpOf(command));

export class Deployment {
  #url;
  #hub;
  #key;

  /**
   * @param {URL} url
   * @param {string | undefined} hub
   * @param {string} key
   */
  constructor(url, hub, key) {
    this.#url = url;
    this.#hub = hub;
    this.#key = key;
  }

  /**
   * Reads where a command is to work.
   *
   * @param {string} command its name
   * @param {Place} place
   */
  static async of(command, { url = process.env.MILLSTREAM_URL, hub, key }) {
    const parsed = readUrl(command, url);
    if (hub !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(hub)) {
      throw wrong(command, `--hub is no name of a hub; it has letters, digits, _ and -, at least 1 and at most 64`);
    }
    if (hub !== undefined && parsed.pathname !== "/") {
      throw wrong(command, `the URL has the path ${parsed.pathname}, which is one hub of an application: leave out --hub, or the path`);
    }
    if (key !== undefined && key !== "-") throw wrong(command, `--key takes - alone: ${KEY_PLACES}`);
    const { text = "" } = (key === "-" ? await ofStandardInput() : ofEnvironment(VARIABLE)) ?? {};
    if (text === "") throw new Failure(`there is no operator's key: ${KEY_PLACES}`);
    if (/[^\u0020-\u007e\u00a0-\u00ff]/.test(text)) throw new Failure("the operator's key has a character that no header can have");
    if (parsed.protocol === "http:" && !LOOPBACK.test(parsed.hostname)) {
      process.stderr.write(`millstream: warning: the key goes to ${parsed.host} as plain text; https:// would hide it\n`);
    }
    return new Deployment(parsed, hub, text);
  }

  /** How messages name the hub. */
  get name() {
    return this.#isMounted ? `the hub at ${this.#url.href}` : `the hub ${this.#hub ?? DEFAULT_HUB}`;
  }

  /** The name of the hub; that of an application's is not known. */
  get hub() {
    return this.#isMounted ? undefined : (this.#hub ?? DEFAULT_HUB);
  }

  /** Whether the URL is that of a hub in an application. */
  get #isMounted() {
    return this.#url.pathname !== "/";
  }

  /** A path of the whole deployment. @param {string} path */
  path(path) {
    if (!this.#isMounted) return path;
    throw new Failure(`${this.#url.href} is one hub of an application, whose hubs only a Worker of its own can list or delete (docs/embedding.md)`);
  }

  /** The path of a call for a hub. @param {string} call */
  ofHub(call, hub = this.#hub ?? DEFAULT_HUB) {
    return this.#isMounted ? `${this.#url.pathname.replace(/\/$/, "")}/${call}` : `/hubs/${hub}/${call}`;
  }

  /**
   * Asks it. An answer that is not right is a failure.
   *
   * @param {string} path
   * @param {Asked} [asked]
   */
  async ask(path, { answered, ...asked } = {}) {
    const headers = { authorization: `Bearer ${this.#key}` };
    const url = new URL(path, this.#url);
    let response;
    try {
      // A redirect would take the key to another place.
      response = await fetch(url, /** @type {RequestInit} */ ({ ...asked, headers, redirect: "manual", duplex: "half" }));
    } catch (error) {
      throw asked.signal?.aborted ? asked.signal.reason : unreachable(url, error);
    }
    answered?.();
    if (!response.ok) throw await explained(response, url);
    return response;
  }

  /** The value of an answer in JSON. @param {string} path @param {Asked} [asked] */
  async json(path, asked) {
    const response = await this.ask(path, asked);
    try {
      return await response.json();
    } catch (error) {
      if (asked?.signal?.aborted) throw asked.signal.reason;
      throw new Failure(`${new URL(path, this.#url)} answered ${response.status} with something else than JSON, so it is no millstream, or another version`);
    }
  }
}

/** @param {string} command @param {string | undefined} text */
function readUrl(command, text) {
  if (text === undefined || text === "") throw wrong(command, "there is no URL: give that of the deployment, or set MILLSTREAM_URL");
  const url = URL.parse?.(text) ?? (URL.canParse(text) ? new URL(text) : null);
  if (url === null || !/^https?:$/.test(url.protocol)) throw wrong(command);
  if (url.username !== "" || url.password !== "") throw wrong(command, `the URL has a key in it: ${KEY_PLACES}`);
  if (url.pathname.includes("/.well-known/") || url.pathname.startsWith("/hubs/")) {
    throw wrong(command, `the URL has the path ${url.pathname}: give ${url.origin} alone, and the hub by --hub`);
  }
  return url;
}
