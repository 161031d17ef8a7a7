// `millstream export`: what a hub holds, as a file.
import { once } from "node:events";
import { helpOf } from "./command.mjs";
import { Deployment, NOTES, OF_FILE, URL_ARGUMENT } from "./deployment.mjs";
import { ExportFile } from "./export_file.mjs";
import { ExportLines, mismatch } from "./export_lines.mjs";
import { Failure, Interrupted, UsageError } from "./failure.mjs";
import { interruptible } from "./interrupt.mjs";
import { Progress } from "./progress.mjs";
import { count, counted, size } from "./readable.mjs";
import { unreachable } from "./refused.mjs";

/** @import { Header } from "./export_lines.mjs" */

/** @typedef {{ part?: { header: Header, reached: number }, begin(header: Header): Promise<void>, add(lines: Buffer): Promise<void> }} Sink */

/** @type {import("./command.mjs").Command} */
export const exportHub = {
  about: "write what a hub holds to a file, for millstream import",
  argument: URL_ARGUMENT,
  options: {
    output: { type: "string", value: "FILE", about: "the file; without it, the standard output" },
    continue: { type: "boolean", about: "go on with FILE.part, which an export has left that broke off" },
    ...OF_FILE,
  },
  notes: `The file is FILE.part until it is whole. It has private updates, and the secret key of the hub's places.\n\n${NOTES}`,
  examples: [
    "millstream export https://hub.example --hub news --output news.ndjson",
    "millstream export https://hub.example --hub news --output news.ndjson --continue",
    "millstream export https://hub.example | gzip >default.ndjson.gz",
  ],
  run,
};

/** @param {import("./deployment.mjs").Place & { output?: string, continue?: boolean }} options */
async function run({ output, continue: goesOn = false, ...place }) {
  if (goesOn && output === undefined) throw new UsageError("--continue needs --output, the file to go on with", helpOf("export"));
  const deployment = await Deployment.of("export", place);
  if (output === undefined) return interruptible((signal) => pass(deployment, standardOutput(), signal));
  const file = await ExportFile.open(output, { goesOn });
  try {
    await interruptible((signal) => pass(deployment, file, signal));
  } catch (error) {
    await file.close();
    if (!(error instanceof Interrupted || error instanceof Incomplete)) throw error;
    error.message = `${error.message}; ${file.partName} has what came, and --continue goes on with it`;
    throw error;
  }
  await file.complete();
}

class Incomplete extends Failure {}

/**
 * Writes an export as it comes.
 *
 * @param {Deployment} deployment
 * @param {Sink} sink
 * @param {AbortSignal} signal
 */
async function pass(deployment, sink, signal) {
  const query = sink.part === undefined ? "" : `?after=${sink.part.reached}`;
  const response = await deployment.ask(`${deployment.ofHub("export")}${query}`, { signal });
  const lines = new ExportLines();
  const progress = new Progress();
  let bytes = 0;
  try {
    for await (const chunk of chunksOf(response, signal)) {
      const isBegun = lines.header !== undefined;
      const entries = lines.take(chunk);
      bytes += chunk.length;
      if (!isBegun && lines.header !== undefined) await begin(sink, lines.header);
      if (entries.length > 0) await sink.add(entries);
      progress.show((seconds) => `${shown(lines, bytes)}, ${size(bytes / seconds)}/s, at ${count(lines.reached)} of ${count(lines.header?.until ?? 0)}`);
    }
  } finally {
    progress.end();
  }
  if (lines.flaw !== undefined) throw new Incomplete(`the export is incomplete: ${lines.flaw}`);
  process.stderr.write(`millstream: exported ${deployment.name}: ${shown(lines, bytes)}\n`);
}

/** @param {ExportLines} lines @param {number} bytes */
const shown = (lines, bytes) => `${counted(lines.count, "entry", "entries")}, ${size(bytes)}`;

/** @param {Sink} sink @param {Header} header */
async function begin(sink, header) {
  const why = sink.part && mismatch(sink.part, header);
  if (why !== undefined) throw new Failure(`the rest of the hub does not fit the part that is there: ${why}; leave out --continue`);
  await sink.begin(header);
}

/**
 * The bytes of an answer.
 *
 * @param {Response} response
 * @param {AbortSignal} signal
 * @returns {AsyncIterable<Uint8Array>}
 */
async function* chunksOf(response, signal) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  for (;;) {
    let read;
    try {
      read = await reader.read();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new Incomplete(unreachable(new URL(response.url), error).message);
    }
    if (read.done) return;
    yield read.value;
  }
}

/** @returns {Sink} */
function standardOutput() {
  const write = async (/** @type {string | Buffer} */ bytes) => {
    if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
  };
  return { begin: (header) => write(`${JSON.stringify({ millstream: header })}\n`), add: write };
}
