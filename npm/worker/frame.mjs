// The frames of a link, as a hub's object sends them: src/link/frame.rs

const VERSION = 1;
const KINDS = /** @type {const} */ (["chunk", "aside", "end", "deflated", "deflated aside"]);
/** Kinds with the checksum and the length of a text ahead of its deflate blocks. */
const DEFLATED = ["deflated", "deflated aside"];
const DEFLATED_HEAD = 8;
/** One byte of version and kind, and the cursor. */
const HEAD = 9;

/**
 * A chunk has whole events, and the cursor stands behind them. An aside is for this connection alone, and its cursor means
 * nothing. The bytes of an end are the reason. What is deflated is a chunk or an aside for a stream that is compressed.
 *
 * @typedef {object} Frame
 * @property {(typeof KINDS)[number]} kind
 * @property {bigint} cursor
 * @property {Uint8Array} bytes
 */

/**
 * The frame of a message; undefined if it is none of this version.
 *
 * @param {unknown} message
 * @returns {Frame | undefined}
 */
export function frameOf(message) {
  if (!(message instanceof ArrayBuffer) || message.byteLength < HEAD) return undefined;
  const head = new DataView(message, 0, HEAD);
  const first = head.getUint8(0);
  const kind = first >> 4 === VERSION ? KINDS[first & 15] : undefined;
  if (kind === undefined) return undefined;
  if (DEFLATED.includes(kind) && message.byteLength < HEAD + DEFLATED_HEAD) return undefined;
  return { kind, cursor: head.getBigUint64(1), bytes: new Uint8Array(message, HEAD) };
}
