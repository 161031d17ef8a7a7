// Random schedules of what happens to the tabs of a browser.
import { fractionsFrom } from "../e2e/random.mjs";
import { World } from "./world.mjs";

const STEPS = 120;

/** What may happen in a world, and how often. */
export const WORLDS = {
  "tabs that come and go": { publish: 8, open: 1, close: 0.5 },
  "tabs that crash": { publish: 8, open: 1, crash: 0.5 },
  "tabs that are frozen, and replaced": { publish: 8, open: 0.7, freeze: 0.6, thaw: 0.6, tick: 3 },
  "tabs that are put away and shown again": { publish: 8, open: 0.5, leave: 0.6, join: 0.6 },
  "tabs that are offline": { publish: 8, open: 0.5, cut: 0.5, offline: 0.4, online: 0.4, tick: 3 },
  "words that are lost": { publish: 8, open: 0.5, close: 0.2, drop: 0.7, tick: 1 },
  "a hub that forgets": { publish: 8, open: 0.7, close: 0.4, cut: 0.6, forget: 1, tick: 1 },
  "applications that are slow": { publish: 8, open: 0.5, close: 0.2, hold: 0.6, goOn: 0.6 },
  "a clock that jumps": { publish: 8, open: 0.5, close: 0.3, freeze: 0.3, thaw: 0.3, tick: 2, jump: 0.5 },
  "all of it": {
    ...{ publish: 8, open: 0.7, close: 0.3, crash: 0.2, freeze: 0.3, thaw: 0.3, leave: 0.2, join: 0.3, cut: 0.3 },
    ...{ offline: 0.2, online: 0.4, drop: 0.2, forget: 0.3, hold: 0.2, goOn: 0.3, jump: 0.1, tick: 2 },
  },
};

/** Runs schedules in a world. An error names the one that failed. */
export function runSchedules(rates, { first = 1, count }) {
  for (let seed = first; seed < first + count; seed += 1) {
    const world = new World(fractionsFrom(seed), rates);
    try {
      world.run(STEPS);
      world.settle();
      world.check();
    } catch (error) {
      throw new Error(`the schedule ${seed}: ${error.message}`, { cause: error });
    }
  }
}
