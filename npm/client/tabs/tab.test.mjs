// Tabs in a world where each step happens at a random time: each tab is given the hub's log, each update once and in order.
import { describe, test } from "node:test";
import { WORLDS, runSchedules } from "../../../tests/tabs/schedules.mjs";

/** In each world. `make test-clients` runs many more. */
const SCHEDULES = 100;

describe("each tab is given each update once and in order, and one stream is left", () => {
  for (const [world, rates] of Object.entries(WORLDS)) {
    test(`with ${world}`, () => runSchedules(rates, { count: SCHEDULES }));
  }
});
