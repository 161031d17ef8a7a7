// What holds for direct streams holds for held ones: credit, limits, policies and figures; and no client reaches a link.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post, subscribeUrl } from "./clients.mjs";
import { Links, asleep } from "./links.mjs";
import { StreamedPost } from "./raw.mjs";
import { OPERATOR_KEY } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const WINDOW = 65_536;
/** The most bytes of a chunk, but for its last update. */
const CHUNK = 131_072;
/** What is published to a reader that takes nothing, and in how many updates. */
const HUGE = Number(process.env.STALLED_MEGABYTES ?? 32) * 1_000_000;
const UPDATES = HUGE / 50_000;
/** The bytes of the largest form that a Worker holds. */
const LARGEST_HELD = 16_384;
const FILLER = "x".repeat(4_000);
const BATCH = 500;
const LONG = 60_000;
const HUBS = {
  busy: { HEARTBEAT: "1s" },
  conflating: { SLOW_CONSUMERS: "conflate", HEARTBEAT: "0" },
  credit: { HEARTBEAT: "0", HISTORY_BYTES: String(2 * HUGE) },
  evicting: { SLOW_CONSUMERS: "evict", HEARTBEAT: "0" },
  memory: { MEMORY: "65536", HEARTBEAT: "1s" },
  questions: { HEARTBEAT: "1s" },
  reset: { HEARTBEAT: "1s" },
  mixed: { HEARTBEAT: "1s" },
  young: { CONNECTION_AGE: "2s" },
};

let links;
before(async () => (links = await Links.start({ HUBS: JSON.stringify(HUBS) })));
after(() => links?.stop());

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));
const stalledIn = async (t, hub) => {
  const stalled = await SocketSubscriber.open(t, subscribeUrl(links.server.hub(hub), ["*"]));
  stalled.stall();
  return stalled;
};

const asksFor = (hub, form) => {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return fetch(links.server.hub(hub), { method: "QUERY", headers, body: form });
};

describe("a link", { concurrency: true }, () => {
  test("that is opened and left while the hub is busy leaves nobody behind, and is not opened again", async (t) => {
    const hub = "busy";
    const streams = await Promise.all(Array.from({ length: 60 }, () => links.open(t, hub)));
    let isBusy = true;
    let id = 0;
    const publishing = Promise.all(
      Array.from({ length: 2 }, async () => {
        while (isBusy) await links.publish(hub, `b${(id += 1)}`);
      }),
    );
    await streams[0].receivesId("b20");
    const leaving = await Promise.all(Array.from({ length: 8 }, () => links.open(t, hub, { topic: "quiet" })));
    leaving.forEach((stream) => stream.close());
    const late = await links.open(t, hub);
    for (const at of numbers(1, 20)) await links.publish(hub, `f${at}`, { data: FILLER });
    await late.receivesId("f20");
    await until(async () => (await links.server.health(hub)).links === 61, "the links of those who have left to end");
    isBusy = false;
    await publishing;
    await links.publish(hub, "last");
    await late.receivesId("last");
    assert.equal((await links.notes(hub)).openings, 69, "links that were opened");
  });

  test("keeps no more questions than there are links, and some", async (t) => {
    const hub = "questions";
    await links.open(t, hub);
    for (let at = 0; at < 150; at += 1) {
      const stream = await links.open(t, hub, { topic: `orders/${at}` });
      stream.close();
    }
    await until(async () => (await links.server.health(hub)).links === 1, "the links to end");
    await links.open(t, hub, { topic: "orders" });
    assert.ok((await links.selections(hub)).length <= 150);
  });

  test("keeps no more questions across resets either", async (t) => {
    const hub = "reset";
    await links.open(t, hub);
    for (let life = 1; life <= 3; life += 1) {
      for (let at = 0; at < 50; at += 1) (await links.open(t, hub, { topic: `orders/${life}/${at}` })).close();
      await until(async () => (await links.server.health(hub)).links === 1, "the links to end");
      await links.abort(hub);
      await until(async () => (await links.server.health(hub)).links === 1, "the link to be open again");
    }
    const { length } = await links.selections(hub);
    assert.ok(length <= 70, `${length} questions`);
  });

  test("is never known by the key of another client, and those that end at once are forgotten at once", async (t) => {
    const hub = "forgotten";
    const topics = ["a", "b", "c"];
    for (const topic of topics) await links.open(t, hub, { topic });
    assert.deepEqual(await links.selections(hub), [1, 2, 3]);
    assert.deepEqual(await links.tables(hub), ["selections", "sqlite_sequence"], "nothing else was kept");
    const drained = await fetch(`${links.server.origin}/hubs/${hub}/drain?within=1ms`, { method: "POST", headers: bearer(OPERATOR_KEY) });
    assert.deepEqual(await drained.json(), { connections: 3 });
    assert.deepEqual(await links.selections(hub), []);
    assert.equal((await links.notes(hub)).removals, 1);
    await until(async () => (await links.server.health(hub)).connections === 0, "the links to end");
    await links.open(t, hub, { topic: "d" });
    assert.deepEqual(await links.selections(hub), [4]);
  });

  test("for which the runtime has no socket leaves no connection behind", async (t) => {
    const hub = "crowded";
    await links.crowd(hub, true);
    const refused = await fetch(withQuery(links.server.hub(hub), { topic: "a" }), { headers: { accept: "*/*" } });
    assert.equal(refused.status, 503);
    assert.equal((await links.server.health(hub)).connections, 0);
    await links.crowd(hub, false);
    await links.open(t, hub);
    assert.equal((await links.server.health(hub)).connections, 1);
  });

  test("is not opened for a finite read that the form of a QUERY asks for", async () => {
    await links.publishAll("finite", numbers(1, 3));
    const answer = await asksFor("finite", "match=a&live=false");
    assert.match(await answer.text(), /id: 1\n[^]*id: 3\n/);
  });

  test("that an object of another version does not know costs a QUERY nothing", async (t) => {
    await links.age("unlinked", { opening: null });
    const answer = await asksFor("unlinked", "match=a");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    t.after(() => reader.cancel());
    assert.equal(answer.status, 200);
    await links.publish("unlinked", "1");
    for (let text = ""; !text.includes("id: 1\n"); text += (await reader.read()).value);
  });

  test("is told from a socket that a class of the application has accepted", async (t) => {
    await links.open(t, "own");
    const socket = new WebSocket(`${links.server.origin.replace("http", "ws")}/own`);
    t.after(() => socket.close());
    const said = [];
    const closed = [];
    socket.addEventListener("message", ({ data }) => said.push(data));
    socket.addEventListener("close", ({ code }) => closed.push(code));
    await until(() => socket.readyState === WebSocket.OPEN, "the socket");
    socket.send("not for the hub");
    await asleep();
    socket.send("hello");
    await until(() => said.length > 0 || closed.length > 0, "an answer");
    assert.deepEqual([said, closed], [["world"], []]);
  });
});

describe("credit", () => {
  test("bounds what is on its way to a reader that takes nothing, however much is published", async (t) => {
    const stalled = await stalledIn(t, "credit");
    const data = "x".repeat(HUGE / UPDATES);
    for (let at = 0; at < UPDATES; at += 40) await links.publishAll("credit", numbers(at + 1, at + 40), { data });
    const { sent, granted, most } = await links.notes("credit");
    assert.ok(sent < HUGE / 4, `${sent} bytes were sent: the reader took them, or they wait in memory`);
    assert.ok(granted < sent);
    const bound = WINDOW + CHUNK + data.length + 200;
    assert.ok(most > WINDOW / 2 && most <= bound, `${most} bytes were on their way at once`);
    stalled.readOn();
    await until(() => stalled.ids.length === UPDATES, () => `all; it had ${stalled.ids.length}`, LONG);
    assert.deepEqual([stalled.ids, stalled.gaps], [numbers(1, UPDATES), []]);
    assert.ok((await links.notes("credit")).most <= bound, "also while it catches up");
  });

  test("is granted once in a quarter of the window, and not for each chunk", async (t) => {
    const stream = await links.open(t, "granting");
    const before = await links.notes("granting");
    for (const id of numbers(1, 100)) await links.publish("granting", id, { data: "x".repeat(1_000) });
    await stream.receivesId("100");
    const { sent, messages } = await links.notes("granting");
    const bytes = sent - before.sent;
    assert.ok(bytes > 100_000, `${bytes}`);
    const quarters = bytes / (WINDOW / 4);
    assert.ok(messages - before.messages <= quarters + 1, `${messages} messages for ${quarters} quarters`);
    assert.ok(messages - before.messages >= quarters - 2, `${messages} messages for ${quarters} quarters`);
  });
});

describe("a client that asks for a link of its own", () => {
  const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  const UPGRADE = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": KEY };
  const OPENING = JSON.stringify({ version: 1, id: "urn:uuid:00000000-0000-4000-8000-000000000001", cursor: "0" });
  const SAYINGS = {
    "by Upgrade": UPGRADE,
    "by headers": Object.fromEntries(["millstream-link", "millstreamlink", "cf-millstreamlink"].map((name) => [name, OPENING])),
    "by Upgrade and headers": { ...UPGRADE, "millstream-link": OPENING },
    "as MF-CF-Blob": { ...UPGRADE, "mf-cf-blob": JSON.stringify({ millstreamLink: OPENING }) },
  };
  for (const [way, headers] of Object.entries(SAYINGS)) {
    test(`gets nowhere ${way}`, async (t) => {
      const hub = `forged-${way.replaceAll(" ", "-")}`;
      await links.publish(hub, "before");
      const url = subscribeUrl(links.server.hub(hub), ["a"], { millstreamLink: OPENING });
      const stream = await SocketSubscriber.open(t, url, headers);
      assert.doesNotMatch(stream.head, /^(?:millstream-link|upgrade|sec-websocket-accept):/im);
      await links.publish(hub, "after");
      await stream.receives("after");
      assert.deepEqual(stream.ids, ["after"], "it has a cursor of its own");
      assert.equal(await links.server.connections(hub), 1);
    });
  }

  test("has an ordinary stream, whose answer says nothing of the link", async (t) => {
    const hub = "ordinary";
    await links.publish(hub, "before");
    const { "sec-websocket-key": key, connection, upgrade, ...plain } = UPGRADE;
    const stream = await links.open(t, hub, { headers: { ...plain, "millstream-link": OPENING } });
    assert.equal(stream.headers.get("millstream-link"), null);
    assert.match(stream.headers.get("content-type"), /^text\/event-stream/);
    await links.publish(hub, "after");
    await stream.receivesId("after");
    assert.deepEqual(stream.ids, ["after"], "a cursor of its own");
    const direct = await Stream.open(t, withQuery(links.server.hub("direct-headers"), { topic: "a" }), {});
    assert.deepEqual([...stream.headers.keys()].sort(), [...direct.headers.keys()].sort());
    // WebSockets have no other way in.
    for (const path of ["", "/subscriptions"]) {
      const socket = new WebSocket(`${links.server.hub(hub).replace("http", "ws")}${path}?topic=a`);
      await new Promise((resolve) => socket.addEventListener("error", resolve));
      assert.notEqual(socket.readyState, WebSocket.OPEN);
    }
  });
});

describe("a hub with held and with direct streams", { concurrency: true }, () => {
  test("gives both the same, counts both, and refuses nobody for the other", async (t) => {
    const hub = "mixed";
    const held = await links.open(t, hub);
    await links.age(hub, { opening: null });
    const direct = await links.open(t, hub);
    await links.age(hub, {});
    const response = await post(links.server.hub(hub), { topic: "a", id: "1", data: "1" });
    assert.equal(response.headers.get("millstream-connections"), "2");
    await links.publishAll(hub, numbers(2, 100));
    for (const stream of [held, direct]) await stream.receivesId("100");
    assert.deepEqual([held.ids, direct.ids], [numbers(1, 100), numbers(1, 100)]);
    const health = await links.server.health(hub);
    assert.deepEqual([health.connections, health.links], [2, 1]);
    direct.close();
    held.close();
    await until(async () => (await links.server.connections(hub)) === 0, "both to be gone");
    assert.equal((await links.server.health(hub)).links, 0);
  });

  test("ends a held stream at the connection's age, as a body ends", async (t) => {
    const stream = await links.open(t, "young");
    await stream.ends();
    assert.match(stream.text, /^: expired\n/m);
    await until(async () => (await links.server.connections("young")) === 0, "the place to be free");
    assert.equal((await links.server.health("young")).ended.expired, 1);
  });

  test("serves the method QUERY, whose body is the selection", async (t) => {
    const asking = (bytes) => {
      const headers = { "content-type": "application/x-www-form-urlencoded", "x-long": "x".repeat(8_000) };
      return Stream.open(t, links.server.hub("queried"), { method: "QUERY", headers, body: "match=a&x=".padEnd(bytes, '"') });
    };
    const streams = [await asking(0), await asking(LARGEST_HELD)];
    await links.publish("queried", "1");
    for (const stream of streams) await stream.receivesId("1");
    await links.abort("queried");
    await links.publish("queried", "other", { topic: "b" });
    await links.publish("queried", "2");
    for (const stream of streams) await stream.receivesId("2");
    for (const stream of streams) assert.deepEqual([stream.ids, stream.ended], [["1", "2"], false]);
    const direct = await asking(LARGEST_HELD + 1);
    const { connections, links: held } = await links.server.health("queried");
    assert.deepEqual([connections, held], [3, 2], "a larger form is not held");
    await links.publish("queried", "3");
    await direct.receivesId("3");
  });

  test("refuses a connection over what memory holds, as a client of a direct stream is refused", async (t) => {
    const streams = [];
    let refused;
    while (refused === undefined && streams.length < 20) {
      const abort = new AbortController();
      t.after(() => abort.abort());
      const response = await fetch(subscribeUrl(links.server.hub("memory"), ["a"]), { signal: abort.signal });
      if (response.status === 200) streams.push(abort);
      else refused = response;
    }
    assert.equal(refused?.status, 429);
    assert.match(refused.headers.get("retry-after"), /^[1-9]\d*$/);
    assert.equal((await refused.json()).status, 429);
    assert.equal(await links.server.connections("memory"), streams.length);
    streams.pop().abort();
    await until(async () => (await links.server.connections("memory")) < streams.length + 1, "the place to be free");
    await links.open(t, "memory");
  });

  test("tells a producer to stop", async (t) => {
    await links.open(t, "stopping");
    const producer = new StreamedPost(`${links.server.hub("stopping")}?topic=a`, "text/event-stream");
    t.after(() => producer.break());
    await producer.write("data: 1\n\n");
    await producer.answered(1);
    const stopped = await fetch(`${links.server.hub("stopping")}?topic=a&stop=enough`, { method: "POST" });
    assert.deepEqual(await stopped.json(), { producers: 1 });
    await producer.answered(2);
    assert.deepEqual(producer.answers[1], { stop: { topic: "a", reason: "enough" } });
  });

  test("tells a held stream alone where it begins, when its client asks", async (t) => {
    const told = await links.open(t, "placed", { headers: { "cache-control": "no-cache" } });
    const other = await links.open(t, "placed");
    await told.receives("event: place\n");
    await links.publish("placed", "1");
    for (const stream of [told, other]) await stream.receivesId("1");
    assert.doesNotMatch(other.text, /event: place/);
    await links.abort("placed");
    await links.publish("placed", "2");
    for (const stream of [told, other]) await stream.receivesId("2");
    assert.equal(told.text.split("event: place\n").length, 2, "a link that is opened again is told no place");
  });
});

describe("a slow reader", { concurrency: true }, () => {
  test("of a hub that conflates gets the newest of each topic, and how many were left out", async (t) => {
    const hub = "conflating";
    const stalled = await stalledIn(t, hub);
    const total = 8 * BATCH;
    for (let at = 0; at < 8; at += 1) {
      await links.publishAll(hub, numbers(at * BATCH + 1, (at + 1) * BATCH), { data: FILLER });
    }
    stalled.readOn();
    await until(() => stalled.ids.at(-1) === String(total), () => `the newest; it had ${stalled.ids.at(-1)}`, LONG);
    const leftOut = stalled.comments
      .flatMap((comment) => /^conflated: (\d+) older updates were left out$/.exec(comment)?.[1] ?? [])
      .reduce((sum, count) => sum + Number(count), 0);
    assert.ok(leftOut > 0);
    assert.equal(stalled.ids.length + leftOut, total);
    assert.equal((await links.server.health(hub)).conflated, leftOut);
  });

  test("of a hub that evicts is closed, told why, and resumes", async (t) => {
    const hub = "evicting";
    const stalled = await stalledIn(t, hub);
    let sent = 0;
    await until(async () => {
      await links.publishAll(hub, numbers(sent + 1, (sent += BATCH)), { data: FILLER });
      return (await links.server.health(hub)).ended["too slow"] > 0;
    }, "the end of the slow reader", LONG);
    stalled.readOn();
    await until(() => stalled.ended, "the end of the stream", LONG);
    assert.deepEqual([stalled.whole, stalled.comments.at(-1)], [true, "too slow"]);
    const url = subscribeUrl(links.server.hub(hub), ["*"]);
    const resumed = await SocketSubscriber.open(t, url, { "last-event-id": stalled.ids.at(-1) });
    await until(() => resumed.ids.at(-1) === String(sent), "all that was missed", LONG);
    assert.deepEqual([...stalled.ids, ...resumed.ids], numbers(1, sent));
  });
});
