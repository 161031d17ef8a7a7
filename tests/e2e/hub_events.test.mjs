// A subscriber that asks for `hub_events=false` is shown its updates and none of the hub's own events.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { publish } from "./clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";

const FORM = "application/x-www-form-urlencoded";
const KEPT = 2;
/** What every EventSource of a browser sends: it is told places. */
const NO_CACHE = { "cache-control": "no-cache" };

let server;
let count = 0;
before(async () => {
  const vars = { ANONYMOUS_PUBLISH: "true", HISTORY_UPDATES: String(KEPT) };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`hub-events-${(count += 1)}`);

const publishEach = async (hub, ids) => {
  for (const id of ids) await publish(hub, { topic: "a", id, data: id });
};
const block = (id) => `id: ${id}\ndata: ${id}\n\n`;

/** The same subscription in each dialect, and by QUERY. */
const WAYS = {
  "0.x": (hub, pairs) => [withQuery(hub, { topic: "a", ...pairs }), { headers: NO_CACHE }],
  "1.0": (hub, pairs) => [withQuery(hub, { match: "a", ...pairs }), { headers: NO_CACHE }],
  QUERY: (hub, pairs) => {
    const headers = { "content-type": FORM, ...NO_CACHE };
    return [hub, { method: "QUERY", headers, body: String(new URLSearchParams({ match: "a", ...pairs })) }];
  },
};

describe("hub_events=false", { concurrency: true }, () => {
  for (const [way, request] of Object.entries(WAYS)) {
    const open = (t, hub, pairs) => Stream.open(t, ...request(hub, pairs));

    test(`leaves place and gap out of a stream of ${way}, which has every update that is held`, async (t) => {
      const hub = freshHub();
      await publishEach(hub, ["1"]);
      const early = await open(t, hub, {});
      await early.receives("event: place");
      const place = /^id: (#.*)$/m.exec(early.text)[1];
      await publishEach(hub, ["2", "3", "4"]);
      const behind = [{}, { last_event_id: "never" }, { last_event_id: place }];
      const hidden = await Promise.all(behind.map((pairs) => open(t, hub, { ...pairs, hub_events: "false" })));
      const shown = await Promise.all(behind.map((pairs) => open(t, hub, pairs)));
      await publishEach(hub, ["5"]);
      await Promise.all([...hidden, ...shown].map((stream) => stream.receivesId("5")));
      const [live, unknown, late] = hidden.map(({ text }) => text.replace(/^:\n/gm, ""));
      assert.deepEqual([live, unknown, late], [block(5), block(5), block(3) + block(4) + block(5)]);
      // Without the parameter there would have been something to hide.
      const told = shown.map(({ text }) => /^event: (.*)$/m.exec(text)?.[1]);
      assert.deepEqual(told, ["place", "gap", "gap"]);
    });

    test(`leaves the end of a topic out of a stream of ${way}, which ends all the same, and is 204 behind it`, async (t) => {
      const hub = freshHub();
      await publishEach(hub, ["1"]);
      const streams = await Promise.all(["false", "true"].map((hub_events) =>
        open(t, hub, { hub_events, last_event_id: "earliest" })));
      await Promise.all(streams.map((stream) => stream.receivesId("1")));
      await publish(hub, { topic: "a", id: "2", data: "2", close: "done" });
      await Promise.all(streams.map((stream) => stream.ends()));
      const [hidden, shown] = streams.map(({ text }) => text.replace(/^:\n/gm, ""));
      assert.equal(hidden, block(1) + block(2));
      assert.match(shown, /^event: end$/m);
      const late = await open(t, hub, { hub_events: "false", last_event_id: "1" });
      await late.ends();
      assert.equal(late.text, `:\n${block(2)}`);
      const [url, init] = request(hub, { hub_events: "false", last_event_id: "2" });
      assert.equal((await fetch(url, init)).status, 204);
    });

    test(`has its place in the header of an answer of ${way} all the same`, async (t) => {
      const hub = freshHub();
      await publishEach(hub, ["1", "2"]);
      const stream = await open(t, hub, { last_event_id: "1", hub_events: "false" });
      assert.equal(stream.precedingId, "1");
    });
  }

  for (const value of ["", "no", "0", "FALSE"]) {
    test(`as ${JSON.stringify(value)} is refused, which names it and what would be right`, async () => {
      for (const request of Object.values(WAYS)) {
        const response = await fetch(...request(freshHub(), { hub_events: value }));
        const { status, field, detail } = await response.json();
        assert.deepEqual([response.status, status, field], [400, 400, "hub_events"]);
        assert.equal(detail, `Invalid "hub_events" parameter: ${JSON.stringify(value)} is not one of true and false`);
      }
    });
  }
});
