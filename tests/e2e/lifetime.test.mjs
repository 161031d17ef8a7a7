// How long a stream lasts, and at which origins a hub is to be asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Subscriber, curl, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";

test("a stream ends at its greatest age, and its client comes back to everything once", async (t) => {
  const vars = { ANONYMOUS_PUBLISH: "true", ANONYMOUS_SUBSCRIBE: "true", CONNECTION_AGE: "1s" };
  const server = await Server.start({ kind: "workerd", vars });
  t.after(() => server.stop());
  const subscriber = await Subscriber.open(server.hub(), ["a"]);
  t.after(() => subscriber.close());
  const sent = [];
  for (let opened = 1; opened < 4; opened += 1) {
    sent.push(`${opened}`);
    await publish(server.hub(), { topic: "a", data: `${opened}`, retry: "100" });
    await subscriber.opens(opened + 1);
  }
  sent.push("end");
  await publish(server.hub(), { topic: "a", data: "end" });
  await subscriber.receives("end");
  assert.deepEqual(subscriber.data, sent);
});

test("at an origin that is not one of the hub's own it answers 421, and at its own it works", async (t) => {
  const origins = {
    plain: ["http://hub.example", 200],
    port: ["http://hub.example:8080", 421],
    tls: ["https://hub.example", 421],
    elsewhere: ["http://other.example", 421],
    several: ["https://hub.example http://hub.example", 200],
    wildcard: ["http://*.example", 200],
  };
  const HUBS = Object.entries(origins).map(([name, [origin]]) => [name, { PUBLIC_ORIGINS: origin }]);
  const vars = { ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify(Object.fromEntries(HUBS)) };
  const server = await Server.start({ kind: "workerd", vars });
  t.after(() => server.stop());
  for (const [name, [origin, status]] of Object.entries(origins)) {
    const url = subscribeUrl(server.hub(name), ["a"]);
    for (const method of [["-I"], ["-d", "topic=a"]]) {
      const answer = await curl(url, ["-H", "Host: hub.example", ...method]);
      assert.equal(answer.status, status, `${method} of hub.example where ${origin} is listed: ${answer.body}`);
      if (status === 421) assert.equal(answer.headers.get("content-type"), "application/problem+json");
    }
  }
});
