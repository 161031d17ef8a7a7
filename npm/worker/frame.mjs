// The frames of a link, as a hub's object sends them: src/link/frame.rs

const VERSION = 1;
const KINDS = /** @type {const} */ (["chunk", "aside", "end"]);
/** One byte of version and kind, and the cursor. */
const HEAD = 9;

/**
 * A chunk has whole events, and the cursor stands behind them. An aside is for this connection alone, and its cursor means
 * nothing. The bytes of an end are the reason.
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
  return { kind, cursor: head.getBigUint64(1), bytes: new Uint8Array(message, HEAD) };
}
