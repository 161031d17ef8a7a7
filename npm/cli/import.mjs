// `millstream import`: puts an export into a hub.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { ReadableStream } from "node:stream/web";
import { helpOf } from "./command.mjs";
import { Deployment, NOTES, OF_HUB, URL_ARGUMENT } from "./deployment.mjs";
import { Failure, Interrupted, UsageError } from "./failure.mjs";
import { print } from "./hub_life.mjs";
import { interruptible } from "./interrupt.mjs";
import { Progress } from "./progress.mjs";
import { counted, size } from "./readable.mjs";
import { Refused, Unreachable } from "./refused.mjs";

/** @typedef {{ chunks: import("node:stream").Readable, total: number | undefined, name: string }} Source */

/** @type {import("./command.mjs").Command} */
export const importHub = {
  about: "put an export into an empty hub, or into one that holds its beginning",
  argument: URL_ARGUMENT,
  options: { input: { type: "string", value: "FILE", about: "the export; without it, the standard input" }, ...OF_HUB },
  notes: `An import that broke off may be run again with the same file: it goes on where it ended. One that is done imports nothing.\n\n${NOTES}`,
  examples: [
    "millstream import https://hub.example --hub news --input news.ndjson",
    "gzip -dc default.ndjson.gz | millstream import https://hub.example",
  ],
  run,
};

/** @param {import("./deployment.mjs").Place & { input?: string, json?: boolean }} options */
async function run({ input, json, ...place }) {
  const usage = (/** @type {string} */ message) => new UsageError(message, helpOf("import"));
  if (input === undefined && place.key === "-") throw usage("the standard input has the key, so the export needs --input");
  if (input === undefined && process.stdin.isTTY) throw usage("there is no export: give --input FILE, or the export through the standard input");
  const source = input === undefined ? { chunks: process.stdin, total: undefined, name: "the standard input" } : await fileOf(input);
  const deployment = await Deployment.of("import", place);
  const answer = await interruptible((signal) => send(deployment, source, signal));
  const { imported, held, last } = answer;
  const heldBefore = held === 0 ? "" : `, ${counted(held, "was", "were")} held before`;
  print(json, answer, `imported into ${deployment.name}: ${counted(imported, "entry", "entries")}${heldBefore}; the newest is ${last}`);
}

/** @param {string} path @returns {Promise<Source>} */
async function fileOf(path) {
  const found = await stat(path).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    throw new Failure(`${path} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}`);
  });
  if (found.isDirectory()) throw new Failure(`${path} is a folder; --input names a file`);
  return { chunks: createReadStream(path), total: found.isFile() ? found.size : undefined, name: path };
}

/**
 * Sends an export as it is read.
 *
 * @param {Deployment} deployment
 * @param {Source} source
 * @param {AbortSignal} signal
 */
async function send(deployment, source, signal) {
  const progress = new Progress();
  /** @type {Failure | undefined} */
  let unreadable;
  /** @type {() => void} */
  let answered = () => {};
  /** @type {Promise<{ done: true, value: undefined }>} */
  const noMore = new Promise((resolve) => (answered = () => resolve({ done: true, value: undefined })));
  async function* body() {
    const chunks = source.chunks[Symbol.asyncIterator]();
    let bytes = 0;
    try {
      // Nobody reads what is sent after the answer has begun.
      for (let read; (read = await Promise.race([noMore, chunks.next()])), !read.done; ) {
        yield read.value;
        bytes += read.value.length;
        const of = source.total === undefined ? "" : ` of ${size(source.total)}`;
        progress.show((seconds) => `${size(bytes)}${of}, ${size(bytes / seconds)}/s`);
      }
    } catch (error) {
      unreadable = new Failure(`${source.name} cannot be read: ${/** @type {Error} */ (error).message}`);
      throw unreadable;
    }
  }
  try {
    const sent = /** @type {any} */ (ReadableStream.from(body()));
    return await deployment.json(deployment.ofHub("import"), { method: "POST", body: sent, signal, answered });
  } catch (error) {
    throw advised(unreadable ?? error);
  } finally {
    progress.end();
    // What is still to come of the standard input would keep the process.
    source.chunks.destroy();
  }
}

/** The error with what to do. @param {unknown} error */
function advised(error) {
  if (error instanceof Refused && error.status === 409) {
    error.message += "; an import goes into a hub that is empty or holds the beginning of the file: millstream delete makes it empty, and --hub names another one";
  } else if (error instanceof Interrupted || error instanceof Unreachable || (error instanceof Refused && (error.status === 408 || error.status >= 500))) {
    error.message += "; run it again with the same file, and it goes on where it ended";
  }
  return error;
}
