// The answer to a streamed body, line by line.

/** @import { EndReason } from "./types.d.ts" */

/**
 * A line: an update is durable, an update is refused, the producer is asked to stop, or the topics are closed.
 *
 * @typedef {object} AnswerLine
 * @property {string} [id]
 * @property {{ status: number, title?: string, detail?: string, field?: string }} [error]
 * @property {{ topic: string, reason: string }} [stop]
 * @property {{ topics: string[], reason: EndReason }} [closed]
 */

/**
 * The lines of NDJSON, as they come.
 *
 * @param {ReadableStream<Uint8Array>} answer
 * @returns {AsyncGenerator<AnswerLine>}
 */
export async function* linesOf(answer) {
  const decoder = new TextDecoder();
  const reader = answer.getReader();
  for (let begun = "", isDone = false; !isDone; ) {
    const { done, value } = await reader.read();
    isDone = done;
    const lines = (begun + decoder.decode(value, { stream: !done })).split("\n");
    begun = /** @type {string} */ (lines.pop());
    for (const line of lines) yield JSON.parse(line);
  }
}
