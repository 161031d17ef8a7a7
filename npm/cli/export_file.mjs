// The file of an export. It has another name until it is whole.
import { open, rename, stat } from "node:fs/promises";
import { readHeader, sequenceIn } from "./export_lines.mjs";
import { Failure } from "./failure.mjs";

/** @import { Header } from "./export_lines.mjs" */

/** Behind the name of a file that is not whole. */
const PART = ".part";
/** The file has the key of the hub's places, and private updates. */
const OWNER_ALONE = 0o600;
/** How far the numbers of a header may grow in their place, when the export goes on later. */
const ROOM = 64;
/** Bytes that are read of a file at once. */
const BLOCK = 65_536;

/** Nobody's export is lost: a file of this name stays. @param {string} path */
async function refuseExisting(path) {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new Failure(`${path} is a folder; --output names a file`);
  if (found?.isFile()) throw new Failure(`${path} is there already: remove it, or give another name`);
  return found !== undefined;
}

/** @param {string} path @param {unknown} error */
function unwritable(path, error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  return new Failure(`${path} cannot be written: ${code === "ENOENT" ? "there is no such folder" : message}`);
}

export class ExportFile {
  #path;
  #handle;
  #end;
  #headerBytes = 0;
  /** What an earlier export has left: its header and the place of its last entry. @type {{ header: Header, reached: number } | undefined} */
  part;

  /**
   * @param {string} path
   * @param {import("node:fs/promises").FileHandle} handle
   */
  constructor(path, handle) {
    this.#path = path;
    this.#handle = handle;
    this.#end = 0;
  }

  /**
   * Opens the file of an export that begins, or of one that goes on.
   *
   * @param {string} path
   * @param {{ goesOn: boolean }} how
   */
  static async open(path, { goesOn }) {
    if (await refuseExisting(path)) throw new Failure(`${path} is no file; without --output the export goes to the standard output`);
    let handle;
    try {
      handle = await open(path + PART, goesOn ? "r+" : "w", OWNER_ALONE);
      // A part that was there keeps its mode.
      await handle.chmod(OWNER_ALONE);
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if (goesOn && code === "ENOENT") throw new Failure(`there is no ${path}${PART} to go on with: leave out --continue`);
      throw unwritable(path + PART, error);
    }
    const file = new ExportFile(path, handle);
    try {
      if (goesOn) await file.#readPart();
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The name that it has until it is whole. */
  get partName() {
    return this.#path + PART;
  }

  /** Finds the header and the last whole line. A part without a header is as none. */
  async #readPart() {
    const { size } = await this.#handle.stat();
    const first = await this.#lineFrom(0);
    if (first === undefined) return;
    this.#headerBytes = first.length;
    this.#end = await this.#lastBreak(size);
    const header = readHeader(first.toString());
    if (this.#end === first.length) {
      this.part = { header, reached: header.after };
      return;
    }
    const line = await this.#lineFrom(await this.#lastBreak(this.#end - 1));
    this.part = { header, reached: sequenceIn(line?.toString() ?? "") };
  }

  /** Where the last line before a place ends. @param {number} before */
  async #lastBreak(before) {
    for (let from = before; from > 0; ) {
      const length = Math.min(BLOCK, from);
      from -= length;
      const at = (await this.#read(from, length)).lastIndexOf("\n");
      if (at >= 0) return from + at + 1;
    }
    return 0;
  }

  /** The line that begins at a place; undefined if it has no end. @param {number} from */
  async #lineFrom(from) {
    /** @type {Buffer[]} */
    const blocks = [];
    for (let at = from; ; at += BLOCK) {
      const block = await this.#read(at, BLOCK);
      const end = block.indexOf("\n");
      blocks.push(end < 0 ? block : block.subarray(0, end + 1));
      if (end >= 0) return Buffer.concat(blocks);
      if (block.length === 0) return undefined;
    }
  }

  /** @param {number} at @param {number} length */
  async #read(at, length) {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.alloc(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  }

  /**
   * Writes the header. Of an export that goes on, only its end is new.
   *
   * @param {Header} header
   */
  async begin(header) {
    const whole = this.part === undefined ? header : { ...this.part.header, until: header.until };
    const text = JSON.stringify({ millstream: whole });
    const length = this.part === undefined ? text.length + ROOM : this.#headerBytes - 1;
    if (text.length > length) throw new Failure(`the header of ${this.partName} has no room for its new end: leave out --continue`);
    if (this.part === undefined) this.#end = length + 1;
    await this.#write(Buffer.from(`${text.padEnd(length)}\n`), 0);
    await this.#handle.truncate(this.#end);
  }

  /** Adds entries. @param {Buffer} lines */
  async add(lines) {
    await this.#write(lines, this.#end);
    this.#end += lines.length;
  }

  /** @param {Buffer} bytes @param {number} at */
  async #write(bytes, at) {
    try {
      for (let from = 0; from < bytes.length; ) {
        from += (await this.#handle.write(bytes, from, bytes.length - from, at + from)).bytesWritten;
      }
    } catch (error) {
      throw unwritable(this.partName, error);
    }
  }

  /** Gives it its name, now that it is whole and on the disk. */
  async complete() {
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.partName, this.#path);
  }

  /** Leaves it as it is. */
  close() {
    return this.#handle.close();
  }
}
