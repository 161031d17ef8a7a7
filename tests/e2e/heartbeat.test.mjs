// The heartbeat keeps a quiet stream alive, and finds those who have gone.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { Curl, Subscriber, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const HEARTBEAT = 1_000;

/** What a loaded machine may add. */
const SLACK = 750;

let server;
before(async () => {
  server = await Server.start({ vars: { ANONYMOUS_PUBLISH: "true", HEARTBEAT: `${HEARTBEAT}ms` } });
});
after(() => server?.stop());

test("a quiet stream gets a comment every interval", async (t) => {
  const stream = new Curl(subscribeUrl(server.hub("quiet"), ["a"]));
  t.after(() => stream.close());
  await stream.receives(":\n");
  const comments = () => stream.text.match(/^:/gm).length;
  const begun = comments();
  const before = performance.now();
  await until(() => comments() >= begun + 3, "three comments", 3 * HEARTBEAT + SLACK);
  const elapsed = performance.now() - before;
  assert.ok(elapsed > 2 * HEARTBEAT - SLACK, `three comments came within ${elapsed} ms`);
  assert.match(stream.text, /^(?::[^\n]*\n)+$/, "there is nothing but comments");
});

test("a client does not notice the heartbeats", async (t) => {
  const hub = server.hub("steady");
  const subscriber = await Subscriber.open(hub, ["a"]);
  t.after(() => subscriber.close());
  const stream = new Curl(subscribeUrl(hub, ["a"]));
  t.after(() => stream.close());
  await stream.receives(":\n");
  await until(() => stream.text.match(/^:/gm).length >= 3, "two heartbeats");
  await publish(hub, { topic: "a", data: "after the heartbeats" });
  await subscriber.receives("after the heartbeats");
  assert.equal(subscriber.events.length, 1);
  assert.equal(subscriber.opened, 1);
});

/** A reset is seen at once; of an orderly close (FIN) the server learns only when it writes again. */
const WAYS_TO_GO = {
  "resets its socket": (socket) => socket.resetAndDestroy(),
  "closes its socket": (socket) => socket.destroy(),
};
for (const [way, leave] of Object.entries(WAYS_TO_GO)) {
  test(`a client that ${way} leaves the registry within two heartbeats`, async (t) => {
    const name = way.replaceAll(" ", "-");
    const stays = await Subscriber.open(server.hub(name), ["a"]);
    t.after(() => stays.close());
    const socket = await rawSubscriber(server, name);
    t.after(() => socket.destroy());
    assert.equal(await server.connections(name), 2);
    leave(socket);
    await until(
      async () => (await server.connections(name)) === 1,
      "the connection to leave the registry",
      2 * HEARTBEAT + SLACK,
    );
    await publish(server.hub(name), { topic: "a", data: "to who stays" });
    await stays.receives("to who stays");
    assert.equal(stays.opened, 1);
  });
}

/** A subscriber that is a bare socket, so that a test decides how it ends. */
async function rawSubscriber({ port }, hub) {
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(
    `GET /hubs/${hub}/.well-known/mercure?topic=a HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`,
  );
  let text = "";
  socket.on("data", (part) => (text += part));
  await until(
    () => text.includes(":\n"),
    () => `the first bytes of the stream; there was ${JSON.stringify(text)}`,
  );
  assert.match(text, /^HTTP\/1\.1 200 /);
  return socket;
}
