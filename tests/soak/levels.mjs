// Whether the memory of the server is level, and how long links take to be open again.
import { until } from "../e2e/until.mjs";

/** The rounds until everything was done once, and the memory that everything needs is there. */
const WARM = 2;
/** What may come and go: garbage that is not collected yet, in MiB, and pages of wasm that a burst needs. */
const SLACK = 64;
const WASM_SLACK = 2 * 1_048_576;
const REOPENED = 60_000;

export class Levels {
  #links;
  #hub;
  #taken = [];
  #slowest = 0;

  constructor(links, hub) {
    this.#links = links;
    this.#hub = hub;
  }

  /** Waits until `count` links are open. The reset was just before. */
  async reopened(count) {
    const begun = performance.now();
    await until(async () => (await this.#links.server.connections(this.#hub)) === count, `${count} links`, REOPENED);
    this.#slowest = Math.max(this.#slowest, performance.now() - begun);
  }

  /** Looks at the memory. */
  async take() {
    const { wasm } = await this.#links.notes(this.#hub);
    const { memory } = this.#links.server.workerd();
    this.#taken.push({ wasm, memory });
    return `${Math.round(memory)} MiB, ${(wasm / 1_048_576).toFixed(1)} MiB of them wasm`;
  }

  /** The last third of the rounds needs no more than the first one behind the warming. */
  assertLevel() {
    const taken = this.#taken.slice(WARM);
    const third = Math.ceil(taken.length / 3);
    if (taken.length < 3) throw new Error(`${this.#taken.length} rounds are too few to say that the memory is level`);
    for (const [name, slack] of Object.entries({ memory: SLACK, wasm: WASM_SLACK })) {
      const median = (levels) => levels.map((level) => level[name]).sort((a, b) => a - b)[Math.floor(levels.length / 2)];
      const [before, after] = [median(taken.slice(0, third)), median(taken.slice(-third))];
      if (after > before + slack) throw new Error(`${name} has grown from ${before} to ${after}`);
    }
  }

  toString() {
    return `all links were open again ${(this.#slowest / 1_000).toFixed(1)} s after a reset at the latest`;
  }
}
