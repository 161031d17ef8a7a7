// The EventSource of each engine comes through what a server does to it, and loses nothing before its first update.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Cable } from "../e2e/cable.mjs";
import { publish, subscribeUrl } from "../e2e/clients.mjs";
import { describeClients } from "../e2e/lives.mjs";
import { Server } from "../e2e/server.mjs";
import { until } from "../e2e/until.mjs";
import { ENGINE_NAMES, openPage } from "./engines.mjs";

/** The body of a function that listens to the URL that it is given. */
const LISTEN = `
  globalThis.events = [];
  const source = new EventSource(arguments[0]);
  for (const type of ["open", "message", "gap", "place"]) {
    source.addEventListener(type, ({ data = "", lastEventId = "" }) => {
      globalThis.events.push({ type, data, id: lastEventId });
    });
  }
`;
const EVENTS = "return globalThis.events";

/** A client of `lives.mjs`, on a page of the same origin. */
async function open(engine, url) {
  const page = await openPage(engine, new URL("/healthz", url).href);
  await page.evaluate(LISTEN, url.href);
  return { events: () => page.evaluate(EVENTS), close: () => page.close() };
}

describeClients(
  Object.fromEntries(
    ENGINE_NAMES.map((engine) => [
      `the EventSource of ${engine}`,
      { place: true, opens: true, open: (url) => open(engine, url) },
    ]),
  ),
);

describe("cut before its first update", () => {
  let server;
  after(() => server?.stop());
  for (const engine of ENGINE_NAMES) {
    test(`the EventSource of ${engine} loses nothing`, async (t) => {
      server ??= await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
      const hub = server.hub(engine);
      await publish(hub, { topic: "a", data: "before" });
      const cable = await Cable.to(server.port);
      t.after(() => cable.close());
      const client = await open(engine, cable.at(subscribeUrl(hub, ["a"])));
      t.after(() => client.close());
      const opens = async () => (await client.events()).filter(({ type }) => type === "open").length;
      await until(async () => (await client.events()).some(({ type }) => type === "place"), "the place");
      cable.cut();
      await publish(hub, { topic: "a", data: "missed" });
      cable.mend();
      await until(async () => (await opens()) === 2, "the client to come back", 30_000);
      await publish(hub, { topic: "a", data: "live" });
      await until(async () => (await client.events()).some(({ data }) => data === "live"), "the live update");
      const events = (await client.events()).filter(({ type }) => type !== "open");
      assert.deepEqual(events.map(({ type, data }) => `${type} ${data}`), ["place {}", "message missed", "message live"]);
    });
  }
});
