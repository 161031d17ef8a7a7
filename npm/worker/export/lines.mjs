// The lines of a body, in any chunking, bounded in bytes and in time.
import { HubError } from "../hub_error.mjs";
import { inTime } from "../in_time.mjs";

/** Bytes: the longest line that an export has. The data of the largest update may grow sixfold in JSON. */
const MAX_LINE_BYTES = 12_582_912;

/** Milliseconds without a byte, as for every body: BODY_SILENCE in src/base/limits/bodies.rs. */
const SILENCE = 10_000;

const LF = 10;

/**
 * The lines that are not empty, each with its number from 1 on. The last one needs no line break. A CR before a line break
 * is white space of JSON.
 *
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<{ number: number, text: string }>}
 */
export async function* linesOf(body) {
  const reader = body.getReader();
  /** @type {Uint8Array[]} */
  let begun = [];
  let length = 0;
  let number = 1;
  /** Adds the end of a line; gives its text. */
  const end = (/** @type {Uint8Array} */ part) => {
    keep(part);
    const text = textOf(begun, { length, number }).trim();
    [begun, length] = [[], 0];
    return text;
  };
  const keep = (/** @type {Uint8Array} */ part) => {
    begun.push(part);
    length += part.length;
    if (length > MAX_LINE_BYTES) throw new HubError(`line ${number} has more than ${MAX_LINE_BYTES} bytes`, { status: 413 });
  };
  const silent = () => {
    throw new HubError(`no byte came for ${SILENCE / 1_000} seconds, in or before line ${number}`, { status: 408 });
  };
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), { within: SILENCE, instead: silent });
      if (done) break;
      let rest = value;
      for (let at = rest.indexOf(LF); at >= 0; at = rest.indexOf(LF)) {
        const text = end(rest.subarray(0, at));
        if (text !== "") yield { number, text };
        number += 1;
        rest = rest.subarray(at + 1);
      }
      // The chunk may be large, and its rest small.
      if (rest.length > 0) keep(rest.slice());
    }
    const text = end(new Uint8Array());
    if (text !== "") yield { number, text };
  } finally {
    // The client that sends the rest is told that nobody reads it.
    void reader.cancel().catch(() => {});
  }
}

/**
 * @param {Uint8Array[]} parts
 * @param {{ length: number, number: number }} line
 */
function textOf(parts, { length, number }) {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new HubError(`line ${number} is not UTF-8`, { status: 400 });
  }
}
