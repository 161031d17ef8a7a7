// Where the client runs: in this process, or in a page. Each has the same three functions.
import { subscribe } from "../../npm/client/index.mjs";
import * as recorder from "./client_recorder.mjs";

/** The modules of a page that has readers. */
export const ENTRIES = ["npm/client/index.mjs", "tests/e2e/client_recorder.mjs"];

/** Subscriptions on the `fetch` of Node. */
export const NODE = {
  open: async (subscriptions) => recorder.record(subscribe, subscriptions),
  told: async (part, names) => recorder.told(part, names),
  close: async (names) => recorder.close(names),
};

/** Subscriptions in a page that has the modules above. */
export const readersIn = (page) => ({
  open: (subscriptions) => page.evaluate((list) => client.record(client.subscribe, list), subscriptions),
  told: (part, names) => page.evaluate(([part, names]) => client.told(part, names), [part, names]),
  close: (names) => page.evaluate((names) => client.close(names), names),
});
