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

/**
 * By name of its kind: the session, how it is asked for, and how many bytes lie between two that are tried. `make test-clients`
 * tries each byte with each kind of fault.
 */
const SESSIONS = {
  ...Object.fromEntries(SESSION_NAMES.map((name) => [name, { session: { name }, every: 13 }])),
  "gap by QUERY": { session: { name: "gap", how: QUERY }, every: 41 },
};

describe("a connection that fails", { concurrency: true }, () => {
  for (const [runtime, open] of Object.entries(RUNTIMES)) {
    for (const [kind, { session, every }] of Object.entries(SESSIONS)) {
      test(`at a byte of a session of the kind ${kind}, in ${runtime}, loses nothing and doubles nothing`, async (t) => {
        const readers = await open(t);
        const bytes = await play(server, readers, { ...session, plans: [[], [{ kind: "drip", at: 0 }]] });
        const plans = Array.from({ length: Math.ceil(bytes / every) }, (_, step) =>
          [{ kind: KINDS[step % KINDS.length], at: step * every }]);
        await play(server, readers, { ...session, plans });
      });
    }
  }
});
