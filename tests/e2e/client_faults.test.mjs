// The client behind connections that fail: whatever byte they fail at, the application gets each update once, in order.
import { after, before, describe, test } from "node:test";
import { ClientPages } from "./client_page.mjs";
import { ENTRIES, NODE, readersIn } from "./client_readers.mjs";
import { QUERY, SESSION_NAMES, VARS, play } from "./client_session.mjs";
import { KINDS } from "./fault_proxy.mjs";
import { Server } from "./server.mjs";

const pages = ClientPages.forTests();
let server;
before(async () => (server = await Server.start({ kind: "workerd", vars: VARS })));
after(() => server?.stop());

const RUNTIMES = {
  Node: async () => NODE,
  Chromium: async (t) => readersIn(await pages.open(t, { origin: server.origin, entries: ENTRIES })),
};

/** How many bytes lie between two that are tried; in the heads of answers there are more. `make test-clients` tries each. */
const EVERY = 13;
const EVERY_OF_HEAD = 3 * EVERY;
const HEAD = 450;

/** By name of its kind: the session, and up to which byte fewer are tried. */
const SESSIONS = {
  ...Object.fromEntries(SESSION_NAMES.map((name) => [name, [{ name }, HEAD]])),
  "gap by QUERY": [{ name: "gap", how: QUERY }, Infinity],
};

/** The places of the bytes that are tried, of this number of bytes. */
function* places(bytes, head) {
  for (let at = 0; at < bytes; at += at < head ? EVERY_OF_HEAD : EVERY) yield at;
}

describe("a connection that fails", { concurrency: true }, () => {
  for (const [runtime, open] of Object.entries(RUNTIMES)) {
    for (const [kind, [session, head]] of Object.entries(SESSIONS)) {
      // A page takes long, so Chromium has one session here; `make test-clients` has them all.
      if (runtime === "Chromium" && kind !== "live") continue;
      test(`at a byte of a session of the kind ${kind}, in ${runtime}, loses nothing and doubles nothing`, async (t) => {
        const readers = await open(t);
        const bytes = await play(server, readers, { ...session, plans: [[], [{ kind: "drip", at: 0 }]] });
        const plans = Array.from(places(bytes, head), (at, step) => [{ kind: KINDS[step % KINDS.length], at }]);
        await play(server, readers, { ...session, plans });
      });
    }
  }
});
