// Many publications by one request of NDJSON, each with its own answer.
import { Problem } from "./problem.mjs";
import { post, toLine, unanswered } from "./publication.mjs";
import { Tokens } from "./token.mjs";

/** @import { Answer, Publication, RequestOptions, Url } from "./types.d.ts" */

/**
 * Publishes updates in their order and gives the answer to each, as soon as the hub has it. An asynchronous iterable is
 * sent while it grows, which most browsers cannot do.
 *
 * Nothing is sent again. An update without an answer is given with a problem of the status 0: it may be stored or not, so an
 * `id` of its own lets readers recognize it. What the iterable throws, and the reason of the signal, is thrown behind that.
 *
 * @template {Publication} Update
 * @param {Url<any>} url the hub's; a relative one is one of the page
 * @param {Iterable<Update> | AsyncIterable<Update>} updates
 * @param {RequestOptions} [options]
 * @returns {AsyncGenerator<Answer<Update>, void>}
 * @throws {Problem} when the hub refuses the whole request
 */
export async function* publishMany(url, updates, options = {}) {
  const tokens = new Tokens(options.token, options.signal);
  await tokens.ask({ refused: false });
  /** Sent, and not answered yet. @type {Update[]} */
  const sent = [];
  const line = (/** @type {Update} */ update) => {
    const line = `${toLine(update)}\n`;
    sent.push(update);
    return line;
  };
  let isOver = false;
  /** What the iterable has thrown. @type {unknown} */
  let failure;
  const lines = async function* () {
    try {
      for await (const update of updates) {
        if (isOver) return;
        yield new TextEncoder().encode(line(update));
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  // The declarations of browsers do not have `from`, since not every browser does.
  const { from } = /** @type {any} */ (ReadableStream);
  const body = Symbol.asyncIterator in updates ? from(lines()) : Array.from(updates, line).join("");
  if (!body) return;
  let problem = unanswered("it was cut");
  try {
    const response = await post(url, { tokens, headers: { "content-type": "application/x-ndjson" }, body }, options);
    for await (const line of linesIn(/** @type {ReadableStream} */ (response.body))) {
      const { error, id, connections } = JSON.parse(line);
      const update = sent.shift();
      // The hub may give up the body, which is the answer to the first update that has none.
      if (update) yield error ? { update, problem: new Problem(error.status, error) } : { update, id, connections };
    }
  } catch (error) {
    problem = error instanceof Problem ? error : unanswered(error);
    if (problem.status) throw problem;
  } finally {
    // Not every host asks the body for no more when its request is over.
    isOver = true;
  }
  for (const update of sent) yield { update, problem };
  options.signal?.throwIfAborted();
  if (failure) throw failure;
}

/**
 * The lines of a body. What stands behind its last line break is none.
 *
 * @param {ReadableStream<any>} body
 */
async function* linesIn(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + read.value).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
