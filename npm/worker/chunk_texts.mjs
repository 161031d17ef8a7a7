// The chunks of a source as texts of updates. A character that is cut by the border of two chunks stays whole.
import { jsonOf } from "./update.mjs";

export class ChunkTexts {
  #decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
  /** The first half of a surrogate pair, at the end of a chunk. */
  #half = "";
  /** Whether the decoder may hold bytes. */
  #hasBytes = false;

  /**
   * The texts that a chunk gives: none if it has but a part of a character.
   *
   * @param {unknown} chunk
   * @returns {string[]}
   */
  of(chunk) {
    if (chunk instanceof Uint8Array) {
      const before = this.#half === "" ? [] : this.rest();
      this.#hasBytes = true;
      const text = this.#decoder.decode(chunk, { stream: true });
      return text === "" ? before : [...before, text];
    }
    if (typeof chunk !== "string") return [...this.rest(), jsonOf(chunk)];
    const before = this.#hasBytes ? this.rest() : [];
    const text = this.#half + chunk;
    this.#half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? "";
    const whole = this.#half === "" ? text : text.slice(0, -1);
    return whole === "" && chunk !== "" ? before : [...before, whole.toWellFormed()];
  }

  /**
   * What is left at the end: a part of a character, which is shown as such.
   *
   * @returns {string[]}
   */
  rest() {
    const texts = [this.#half.toWellFormed(), this.#hasBytes ? this.#decoder.decode() : ""];
    this.#half = "";
    this.#hasBytes = false;
    return texts.filter((text) => text !== "");
  }
}
