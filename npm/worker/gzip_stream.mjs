// A stream that is compressed: gzip of deflate blocks, each of which can be read alone.
import { checksumOf, checksumWith, gzipEnd, gzipHead, storedBlocks } from "../../build/millstream.js";
import { instance } from "./instance.mjs";

/** Bytes of the checksum and the length ahead of the deflate blocks of a frame: src/link/frame.rs */
const PART_HEAD = 8;

/** What was given to one client. The numbers are here, so that a hub that is reset goes on with the stream. */
export class GzipStream {
  #checksum = 0;
  /** Bytes of the text, as gzip counts them: modulo 2³². */
  #bytes = 0;
  #hasBegun = false;

  /** The payload of a frame that the hub has deflated, as bytes for the client. */
  deflated(/** @type {Uint8Array} */ payload) {
    const head = new DataView(payload.buffer, payload.byteOffset, PART_HEAD);
    return this.#behind(payload.subarray(PART_HEAD), { checksum: head.getUint32(0), bytes: head.getUint32(4) });
  }

  /** A text, as bytes for the client. */
  stored(/** @type {Uint8Array} */ text) {
    instance();
    return this.#behind(storedBlocks(text), { checksum: checksumOf(text), bytes: text.byteLength });
  }

  /** The last bytes. */
  end() {
    instance();
    const end = gzipEnd(this.#checksum, this.#bytes);
    return this.#hasBegun ? end : joined(gzipHead(), end);
  }

  /**
   * @param {Uint8Array} blocks
   * @param {{ checksum: number, bytes: number }} part of their text
   */
  #behind(blocks, { checksum, bytes }) {
    instance();
    this.#checksum = checksumWith(this.#checksum, checksum, bytes);
    this.#bytes = (this.#bytes + bytes) >>> 0;
    if (this.#hasBegun) return blocks;
    this.#hasBegun = true;
    return joined(gzipHead(), blocks);
  }
}

/**
 * @param {Uint8Array} first
 * @param {Uint8Array} second
 */
function joined(first, second) {
  const bytes = new Uint8Array(first.byteLength + second.byteLength);
  bytes.set(first);
  bytes.set(second, first.byteLength);
  return bytes;
}
