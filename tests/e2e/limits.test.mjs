// Too much of anything is answered 429, with when to come again, and harms nobody else.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Subscriber, post, publish, subscribeUrl } from "./clients.mjs";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const VARS = { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "1s", MAX_CONNECTIONS: "3", PUBLISH_RATE: "10" };

async function assertTooMany(response) {
  assert.equal(response.status, 429);
  assert.match(response.headers.get("retry-after"), /^[1-9]\d*$/);
  assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
  assert.equal((await response.json()).status, 429);
}

for (const kind of ["wrangler", "workerd"]) {
  describe(`on ${kind}`, () => {
    let server;
    before(async () => (server = await Server.start({ kind, vars: VARS })));
    after(() => server?.stop());

    test("one connection too many is refused until another has ended", async (t) => {
      const hub = server.hub("connections");
      const subscribers = [];
      for (let at = 0; at < 3; at += 1) subscribers.push(await Subscriber.open(hub, ["a"]));
      t.after(() => subscribers.forEach((subscriber) => subscriber.close()));
      await assertTooMany(await fetch(subscribeUrl(hub, ["a"])));
      (await Subscriber.open(server.hub("elsewhere"), ["a"])).close();
      await publish(hub, { topic: "a", data: "x" });
      await Promise.all(subscribers.map((subscriber) => subscriber.receives("x")));
      subscribers.pop().close();
      await until(async () => (await server.connections("connections")) === 2, "the place to be free");
      subscribers.push(await Subscriber.open(hub, ["a"]));
    });

    test("updates over the rate are refused, and taken again when time has passed", async () => {
      const hub = server.hub("rate");
      const responses = await Promise.all(Array.from({ length: 40 }, () => post(hub, { topic: "a", data: "x" })));
      const refused = responses.filter(({ status }) => status !== 200);
      assert.ok(refused.length >= 10 && refused.length <= 30, `${refused.length} of 40 were refused`);
      for (const response of refused) await assertTooMany(response);
      await until(async () => (await post(hub, { topic: "a", data: "x" })).status === 200, "room for an update");
      assert.equal((await post(server.hub("rate-elsewhere"), { topic: "a", data: "x" })).status, 200);
    });

    test("a streamed body is slowed down to the rate, and loses nothing", async () => {
      const publisher = new StreamedPost(server.hub("slowed"), "application/x-ndjson");
      const ids = Array.from({ length: 30 }, (_, at) => `${at}`);
      const begun = performance.now();
      await publisher.end(ids.map((id) => `{"topic":"a","id":"${id}"}\n`).join(""));
      const took = performance.now() - begun;
      assert.deepEqual(publisher.ids, ids);
      assert.ok(took >= 1_800, `30 updates at 10 a second, 10 of them at once, took ${took} ms`);
    });
  });
}

describe("per address", () => {
  const vars = { ANONYMOUS_PUBLISH: "true", MAX_CONNECTIONS_PER_ADDRESS: "2" };

  /** The statuses of subscriptions from these addresses, one after the other, all of them held open. */
  async function statuses(t, kind, addresses, topics = () => ["a"]) {
    const server = await Server.start({ kind, vars });
    const streams = [];
    t.after(async () => {
      await Promise.all(streams.map((stream) => stream.body.cancel()));
      await server.stop();
    });
    for (const [nth, address] of addresses.entries()) {
      streams.push(await fetch(subscribeUrl(server.hub(), topics(nth)), { headers: { "cf-connecting-ip": address } }));
    }
    return streams.map(({ status }) => status);
  }

  test("where no platform vouches for it, the header is not believed", async (t) => {
    assert.deepEqual(await statuses(t, "workerd", Array(4).fill("192.0.2.1")), [200, 200, 200, 200]);
  });

  test("on the platform an address, or a network of IPv6, has as many as it may", async (t) => {
    const ipv4 = ["192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"];
    assert.deepEqual(await statuses(t, "wrangler", ipv4), [200, 200, 429, 200]);
    const ipv6 = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"];
    assert.deepEqual(await statuses(t, "wrangler", ipv6), [200, 200, 429, 200]);
  });

  test("on the platform an address brings a part of the templates that a hub takes, and others the rest", async (t) => {
    const own = (nth) => Array.from({ length: 100 }, (_, at) => `{a${nth}_${at}}`);
    const addresses = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.1"];
    // The last one asks for what another address has brought.
    const topics = (nth) => own(Math.min(nth, 2));
    assert.deepEqual(await statuses(t, "wrangler", addresses, topics), [200, 429, 200, 200]);
  });
});
