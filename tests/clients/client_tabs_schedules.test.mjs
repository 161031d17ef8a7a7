// More random schedules of tabs than `npm/client/tabs/tab.test.mjs` has time for.
import { describe, test } from "node:test";
import { WORLDS, runSchedules } from "../tabs/schedules.mjs";

const SCHEDULES = 1_000;

describe("each tab is given each update once and in order, and one stream is left", () => {
  for (const [world, rates] of Object.entries(WORLDS)) {
    test(`in ${SCHEDULES} schedules with ${world}`, () => runSchedules(rates, { first: 1_000, count: SCHEDULES }));
  }
});
