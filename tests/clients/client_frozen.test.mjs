// A tab that is frozen for a minute, as browsers do with those that are hidden for long.
import { after, before, test } from "node:test";
import { ReadingTab, freezeFor } from "../e2e/client_tab_life.mjs";
import { Server } from "../e2e/server.mjs";
import { TabbedBrowser } from "../e2e/tabbed_browser.mjs";

/** Milliseconds: longer than the silence after which the client takes a connection for lost. */
const MINUTE = 60_000;

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([
    Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } }),
    TabbedBrowser.start(),
  ]);
});
after(() => Promise.all([server?.stop(), browser?.close()]));

test("a tab that was frozen for a minute comes back to all that it has missed", async (t) => {
  const tab = await ReadingTab.load(await browser.open(t), { hub: server.hub("frozen") });
  await freezeFor(t, MINUTE, { browser, tab });
});
