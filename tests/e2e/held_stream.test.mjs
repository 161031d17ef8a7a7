// A stream that the Worker holds, over links to objects that are reset, silent, wrong or closed to it: before/linking.mjs.
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { GzipReader } from "./gzip_reader.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { until } from "./until.mjs";

let server;
let count = 0;
before(async () => (server = await Server.start({ kind: "workerd", vars: { DELIVERY: "hibernate" }, settings: ["CONFIG=linking"] })));
after(() => server?.stop());

const ADA = { visitor: "ada" };

/** A hub of its own for a test, and what can be done with it. */
function newHub() {
  const hub = `held-${(count += 1)}`;
  const then = async (deed, given = {}) => {
    const response = await fetch(server.origin, { method: "POST", headers: { hub, then: deed }, body: JSON.stringify(given) });
    return response.json();
  };
  return {
    /** Subscribes with these terms. */
    open: (t, terms = {}, headers = {}) => Stream.open(t, url(terms), { headers: { hub, ...ADA, ...headers } }),
    ask: (init = {}, terms = {}) => fetch(url(terms), { ...init, headers: { hub, ...ADA, ...init.headers } }),
    publish: (count, size) => then("publish", { count, size }),
    reset: () => then("abort").catch(() => {}),
    /** Waits until what the object was told fulfills the condition, and returns it. */
    until: async (condition, what) => {
      let told;
      await until(
        async () => condition((told = await then("tell"))),
        () => `${what}; the object was told ${JSON.stringify(told)}`,
      );
      return told;
    },
    /** Waits until its reader takes nothing more: for ten looks no credit was left or granted. */
    async stalls() {
      let [looks, before] = [0, -1];
      await until(async () => {
        const { texts, credits } = await then("tell");
        looks = texts.length === before && credits.every((credit) => credit <= 0) ? looks + 1 : 0;
        before = texts.length;
        return looks === 10;
      }, "the reader to stall");
    },
    then,
    name: hub,
  };
}

const url = (terms) => withQuery(server.hub(), { topic: "a", ...terms });
const idsTo = (last) => Array.from({ length: last }, (_, at) => String(at + 1));

describe("a held stream", { concurrency: true }, () => {
  test("goes on when its object is reset: each update comes once, in order, and the client reconnects never", async (t) => {
    const hub = newHub();
    const stream = await hub.open(t);
    for (let round = 1; round <= 2; round += 1) {
      await hub.publish(3);
      await hub.reset();
      await hub.publish(2);
      await hub.until(({ links }) => links === 1, "the link to be open again");
      await stream.receivesId(String(5 * round));
    }
    const { openings } = await hub.then("tell");
    const [first, ...again] = openings;
    assert.deepEqual([first.version, first.id, first.cursor], [1, undefined, undefined]);
    assert.equal(again.length, 2);
    assert.equal(again[0].id, again[1].id);
    for (const { version, id, of } of again) assert.deepEqual([version, typeof id, of], [1, "string", "ada"]);
    assert.deepEqual(stream.ids, idsTo(10));
    assert.equal(stream.text.match(/:opened/g).length, 1);
    assert.equal(stream.ended, false);
  });

  test("has the headers of the object's answer, without those of the link", async (t) => {
    const stream = await newHub().open(t);
    assert.equal(stream.headers.get("content-type"), "text/event-stream");
    assert.equal(stream.headers.get("link"), "<a>, <b>");
    const ofLink = ["millstream-link", "upgrade", "sec-websocket-accept", "sec-websocket-protocol", "content-length"];
    for (const name of ofLink) assert.equal(stream.headers.get(name), null);
  });

  test("that is compressed goes on over an object that compresses no more, and ends with its checksum", async (t) => {
    const hub = newHub();
    const reader = await GzipReader.open(t, url({ compressed: "" }), { hub: hub.name, ...ADA });
    await hub.publish(2, 300);
    await reader.receives("id: 2\n");
    await hub.reset();
    await hub.publish(1);
    await reader.receives("id: 3\n");
    await hub.then("send", { kind: "end", text: "drained" });
    await reader.ends();
    assert.deepEqual(reader.ids, idsTo(3));
    const { openings } = await hub.then("tell");
    assert.ok(openings.every(({ gzip }) => gzip === true), "the object is told that the stream is compressed");
  });

  test("is refused as the object answers, when it opens no link", async () => {
    const hub = newHub();
    await hub.then("answer", { statuses: [406] });
    const response = await hub.ask();
    assert.deepEqual([response.status, await response.text()], [406, "refused 406"]);
  });

  test("ends when the object refuses to open its link again, and the object is not asked again", async (t) => {
    const hub = newHub();
    const stream = await hub.open(t);
    await hub.publish(1);
    await hub.then("answer", { statuses: [403] });
    await hub.then("close", { code: 4000 });
    await stream.ends();
    assert.deepEqual(stream.ids, ["1"]);
    assert.equal((await hub.then("tell")).openings.length, 2);
  });

  test("ends when an object answers without a link", async (t) => {
    const hub = newHub();
    const stream = await hub.open(t);
    await hub.then("answer", { statuses: [200] });
    await hub.then("close", { code: 1011 });
    await stream.ends();
  });

  test("is opened again after answers that may pass, behind what it has", async (t) => {
    const hub = newHub();
    const stream = await hub.open(t);
    await hub.publish(2);
    await stream.receivesId("2");
    await hub.then("answer", { statuses: [503] });
    await hub.then("close", { code: 4000 });
    await hub.publish(1);
    await stream.receivesId("3");
    const { openings } = await hub.then("tell");
    assert.deepEqual(openings.map(({ cursor }) => cursor), [undefined, "2", "2"]);
    assert.deepEqual(stream.ids, idsTo(3));
  });

  test("gets heartbeats from its Worker alone, and pings reach no object", async (t) => {
    const hub = newHub();
    const stream = await hub.open(t, { heartbeat: 100 });
    await until(() => stream.text.match(/^:$/gm)?.length >= 5, "five heartbeats");
    const { texts, openings } = await hub.then("tell");
    assert.deepEqual(texts, []);
    assert.equal(openings.length, 1);
  });

  test("finds a link that answers no ping, and opens another", async (t) => {
    const hub = newHub();
    await hub.then("mute");
    const stream = await hub.open(t, { heartbeat: 100 });
    const { openings, texts } = await hub.until(({ openings }) => openings.length >= 2, "a second opening");
    assert.equal(texts.includes("ping"), true);
    assert.equal(openings[1].cursor, "0");
    assert.equal(stream.ended, false);
  });

  test("ends when the object sends frames of another version, and its client begins anew", async (t) => {
    const hub = newHub();
    const stream = await hub.open(t);
    await hub.then("garble");
    await stream.ends();
    assert.equal((await hub.until(({ links }) => links === 0, "the end of the link")).openings.length, 1);
  });

  test("that was given nothing is opened again where it began", async (t) => {
    const hub = newHub();
    await hub.publish(5);
    const stream = await hub.open(t);
    await hub.reset();
    await hub.publish(1);
    await stream.receivesId("6");
    assert.deepEqual(stream.ids, ["6"]);
  });

  test("ends when it expires, and the object is told why", async (t) => {
    const hub = newHub();
    const stream = await hub.open(t, { "expires-in": 300 });
    await stream.ends();
    assert.match(stream.text, /: expired\n$/);
    const { openings } = await hub.until(({ closed }) => closed.includes(4001), "the close of the link");
    assert.equal(openings.length, 1);
  });

  test("ends when the object says so, behind the last words, and is not opened again", async (t) => {
    const hub = newHub();
    const stream = await hub.open(t);
    await hub.then("send", { kind: "aside", text: "retry: 5000\n\n" });
    await hub.then("send", { kind: "end", text: "drained" });
    await stream.ends();
    assert.match(stream.text, /retry: 5000\n\n$/);
    assert.equal((await hub.until(({ links }) => links === 0, "the end of the link")).openings.length, 1);
  });

  test("is read in full by a slow reader, for which no more than the window and a chunk is on its way, over all links", async () => {
    const hub = newHub();
    const slow = await Paused.open(hub);
    await hub.publish(240, 50_000);
    await hub.stalls();
    for (let openings = 2; openings <= 3; openings += 1) {
      await hub.then("close", { code: 4000 });
      const told = await hub.until((told) => told.openings.length === openings, "the next opening");
      assert.ok(told.openings.at(-1).unread > 0, "the Worker tells what is unread");
    }
    assert.deepEqual(idsIn(await slow.readTo("id: 240\n")), idsTo(240));
    const told = await hub.then("tell");
    assert.ok(told.unacknowledged <= 65_536 + 50_100, `${told.unacknowledged} bytes`);
    assert.ok(told.texts.every((text) => Number(text) <= 65_536), "a grant is at most the window");
    slow.leave();
  });

  test("ends when its client takes nothing for two heartbeats, and the object is told why", async () => {
    const hub = newHub();
    const slow = await Paused.open(hub, { heartbeat: 200 });
    await hub.publish(240, 50_000);
    await hub.until(({ closed }) => closed.includes(4002), "the close of the link");
    slow.leave();
  });

  test("ends with its client", async () => {
    const hub = newHub();
    const client = await Paused.open(hub, { heartbeat: 100 });
    client.leave();
    await hub.until(({ links }) => links === 0, "the end of the link");
  });

  test("may be asked for by QUERY, whose form goes with the opening, and again with each", async (t) => {
    const hub = newHub();
    const init = { method: "QUERY", body: "topic=%C3%A4&x", headers: { "content-type": "application/x-www-form-urlencoded" } };
    const stream = await Stream.open(t, server.hub(), { ...init, headers: { hub: hub.name, ...ADA, ...init.headers } });
    await hub.then("close", { code: 4000 });
    const { openings } = await hub.until(({ openings }) => openings.length === 2, "a second opening");
    assert.deepEqual(openings.map(({ form }) => form), ["topic=%C3%A4&x", "topic=%C3%A4&x"]);
    assert.equal(stream.ended, false);
  });

  test("that was lost before the object said anything is told to have not begun", async (t) => {
    const hub = newHub();
    await hub.then("silence", { openings: 1 });
    const stream = Stream.open(t, url(), { headers: { hub: hub.name, ...ADA } });
    await hub.until(({ links }) => links === 1, "the link");
    await hub.then("close", { code: 4000 });
    assert.match((await stream).text, /^:opened$/m);
    await hub.then("close", { code: 4000 });
    const { openings } = await hub.until(({ openings }) => openings.length === 3, "a third opening");
    assert.deepEqual(openings.map(({ begun }) => begun), [undefined, false, undefined]);
  });

  test("is asked for directly by a QUERY that is no form, which the object refuses", async () => {
    const response = await newHub().ask({ method: "QUERY", body: "{}", headers: { "content-type": "application/json" } });
    assert.match(await response.text(), /^direct, 2 bytes$/);
  });

  test("is no way around the bound of a QUERY's body", async () => {
    const response = await newHub().ask({ method: "QUERY", body: new URLSearchParams({ topic: "a".repeat(200_000) }) });
    assert.equal(response.status, 413);
    const [, bytes] = /^direct, (\d+) bytes$/.exec(await response.text());
    assert.ok(Number(bytes) > 131_072, `${bytes} bytes`);
  });
});

test("an opening that is not answered is followed by another, and its link is closed when it comes after all", async (t) => {
  const hub = newHub();
  const stream = await hub.open(t);
  await hub.then("hesitate", { isSlow: true });
  await hub.then("close", { code: 4000 });
  await hub.until(({ openings }) => openings.length >= 3, "a second try");
  await hub.then("hesitate", { isSlow: false });
  await hub.until(({ closed, links }) => closed.includes(4003) && links === 1, "one link, and the close of the other");
  await hub.publish(3);
  await stream.receivesId("3");
  assert.deepEqual([stream.ids, stream.ended], [idsTo(3), false]);
});

test("a link that cannot be accepted is followed by another", async (t) => {
  const hub = newHub();
  const stream = await hub.open(t);
  await hub.then("refuse", { links: 1 });
  await hub.then("close", { code: 4000 });
  await hub.until(({ openings }) => openings.length === 3, "a third opening");
  await hub.publish(1);
  await stream.receivesId("1");
  assert.deepEqual([stream.ids, stream.ended], [["1"], false]);
});

test("a trap in the Worker's isolate ends the streams that it holds, so that their clients come back", async (t) => {
  const [trapping, bystander] = [newHub(), newHub()];
  const streams = [await trapping.open(t), await bystander.open(t)];
  const again = await trapping.ask({ headers: { trap: "now" } });
  assert.equal(again.status, 200);
  await again.body.cancel();
  for (const stream of streams) await stream.fails();
});

/** A client that does not read until it is asked to. */
class Paused {
  #request;
  #response;

  static async open({ name }, terms = {}) {
    const client = new Paused();
    client.#request = request(url(terms), { headers: { hub: name, ...ADA } }).end();
    client.#request.on("error", () => {});
    [client.#response] = await once(client.#request, "response");
    client.#response.on("error", () => {});
    return client;
  }

  /** Reads until the text came. */
  async readTo(text) {
    let read = "";
    for await (const part of this.#response.setEncoding("utf8")) {
      read += part;
      if (read.includes(text)) return read;
    }
    throw new Error(`the stream ended without ${JSON.stringify(text)}`);
  }

  /** Resets the connection. */
  leave() {
    this.#request.socket.resetAndDestroy();
  }
}

const idsIn = (text) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
