// Registers the tests of connections that fail at each byte of a session.
import { after, before, describe, test } from "node:test";
import { SESSION_NAMES, VARS, play } from "../e2e/client_session.mjs";
import { KINDS } from "../e2e/fault_proxy.mjs";
import { Server } from "../e2e/server.mjs";

/** A browser opens at most 256 connections, to however many servers. */
const AT_ONCE = 240;

/**
 * `open(t, origin)` gives the readers in `runtime`, which read sessions of these names with the options `how` through faults of
 * these kinds.
 */
export function describeFaults(runtime, open, { names = SESSION_NAMES, how, kinds = KINDS } = {}) {
  describe(`in ${runtime}, a connection that fails`, () => {
    let server;
    before(async () => (server = await Server.start({ kind: "workerd", vars: VARS })));
    after(() => server?.stop());
    for (const name of names) {
      for (const kind of kinds) {
        test(`by ${kind} at any byte of a session of the kind ${name} loses nothing and doubles nothing`, async (t) => {
          const readers = await open(t, server.origin);
          const bytes = await play(server, readers, { name, how, plans: [[]] });
          for (let from = 0; from < bytes; from += AT_ONCE) {
            const plans = Array.from({ length: Math.min(AT_ONCE, bytes - from) }, (_, at) => [{ kind, at: from + at }]);
            await play(server, readers, { name, how, plans });
          }
          t.diagnostic(`${bytes} bytes`);
        });
      }
    }
  });
}
