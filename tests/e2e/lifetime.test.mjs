// How long a stream lasts, and at which origins a hub is to be asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Subscriber, post, publish, subscribeUrl } from "./clients.mjs";
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

test("at an origin that is not one of the hub's own it answers 421", async (t) => {
  const vars = { ANONYMOUS_PUBLISH: "true", ANONYMOUS_SUBSCRIBE: "true", PUBLIC_ORIGINS: "https://hub.example" };
  const server = await Server.start({ kind: "workerd", vars });
  t.after(() => server.stop());
  for (const answer of [
    await fetch(subscribeUrl(server.hub(), ["a"])),
    await post(server.hub(), { topic: "a", data: "x" }),
  ]) {
    assert.equal(answer.status, 421);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    await answer.body.cancel();
  }
});
