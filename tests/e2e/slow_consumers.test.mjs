// A reader that stops reading: what becomes of it is the operator's choice, and nobody beside it notices.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { Subscriber, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { SocketSubscriber } from "./socket.mjs";
import { until } from "./until.mjs";

/** The heartbeat closes those who take nothing too: here it is not to. */
const VARS = { ANONYMOUS_PUBLISH: "true", HEARTBEAT: "0" };
const TOPICS = 10;
/** Updates of one body: half of what may make a reader slow, so that those who keep up never are. */
const BATCH = 500;
/** Together more than the buffers of two sockets hold, and than the hub holds in memory. */
const BATCHES = 8;
/** Text that is long on the wire too where it is compressed. */
const filler = () => randomBytes(3_000).toString("base64");
/** How long a reader may take for all that. */
const LONG = 60_000;

const id = (number) => String(number).padStart(6, "0");
const topic = (number) => `t${number % TOPICS}`;
const ids = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => id(from + at));

/** A hub with a reader that is about to stall beside others that keep up, and a publisher. */
class Scene {
  published = 0;

  static async open(t, server, name) {
    const scene = new Scene();
    scene.server = server;
    scene.name = name;
    scene.hub = server.hub(name);
    scene.healthy = await Promise.all([
      SocketSubscriber.open(t, subscribeUrl(scene.hub, ["*"])),
      Subscriber.open(scene.hub, ["*"]),
    ]);
    t.after(() => scene.healthy.forEach((reader) => reader.close()));
    scene.stalled = await SocketSubscriber.open(t, subscribeUrl(scene.hub, ["*"]));
    scene.stalled.stall();
    return scene;
  }

  /** Publishes a body of updates, and waits for those who read to have read them. */
  async publishBatch() {
    const numbers = Array.from({ length: BATCH }, (_, at) => this.published + at + 1);
    const lines = numbers.map((number) => JSON.stringify({ topic: topic(number), id: id(number), data: filler() }));
    const headers = { "content-type": "application/x-ndjson" };
    const response = await fetch(this.hub, { method: "POST", body: lines.join("\n"), headers });
    const answers = (await response.text()).split("\n").slice(0, -1);
    assert.deepEqual(answers.map((answer) => JSON.parse(answer).id), numbers.map(id));
    this.published += BATCH;
    await until(
      () => this.healthy.every((reader) => reader.ids.at(-1) === this.newest),
      () => `${this.newest} to all who read; they had ${this.healthy.map((reader) => reader.ids.at(-1))}`,
    );
  }

  async publishBatches(count = BATCHES) {
    for (let batch = 0; batch < count; batch += 1) await this.publishBatch();
  }

  get newest() {
    return id(this.published);
  }

  /** Those who read have got everything, once and in order, on one connection. */
  assertHealthy() {
    const all = ids(1, this.published);
    for (const reader of this.healthy) assert.deepEqual(reader.ids, all);
    assert.equal(this.healthy[0].ended, false);
    assert.equal(this.healthy[1].opened, 1);
  }

  health() {
    return this.server.health(this.name);
  }
}

describe("by default", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: VARS })));
  after(() => server?.stop());

  test("a reader that stalled gets everything once and in order when it reads on", async (t) => {
    const scene = await Scene.open(t, server, "resume");
    await scene.publishBatches();
    const { stalled } = scene;
    assert.ok(stalled.ids.length < scene.published - 1_000, `it had read ${stalled.ids.length}`);
    stalled.readOn();
    await until(() => stalled.ids.at(-1) === scene.newest, () => `all; it had ${stalled.ids.length}`, LONG);
    assert.deepEqual(stalled.ids, ids(1, scene.published));
    assert.deepEqual([stalled.gaps, stalled.ended], [[], false]);
    // It is live again, and one of those who keep up.
    scene.healthy.push(stalled);
    await scene.publishBatch();
    scene.assertHealthy();
    const { ended, conflated } = await scene.health();
    assert.deepEqual([ended["too slow"], conflated], [0, 0]);
  });
});

describe("with SLOW_CONSUMERS=conflate", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: { ...VARS, SLOW_CONSUMERS: "conflate" } })));
  after(() => server?.stop());

  test("it gets the newest of each topic in order, and is told how many were left out", async (t) => {
    const scene = await Scene.open(t, server, "conflate");
    await scene.publishBatches();
    const { stalled } = scene;
    stalled.readOn();
    await until(() => stalled.ids.at(-1) === scene.newest, () => `the newest; it had ${stalled.ids.at(-1)}`, LONG);
    const newestOf = new Map();
    for (const [at, read] of stalled.ids.entries()) {
      assert.ok(at === 0 || read > stalled.ids[at - 1], `${read} came behind ${stalled.ids[at - 1]}`);
      newestOf.set(topic(Number(read)), read);
    }
    const newest = ids(scene.published - TOPICS + 1, scene.published);
    assert.deepEqual([...newestOf.values()].sort(), newest);
    const leftOut = stalled.comments
      .flatMap((comment) => /^conflated: (\d+) older updates were left out$/.exec(comment)?.[1] ?? [])
      .reduce((sum, count) => sum + Number(count), 0);
    assert.ok(leftOut > 0, "nothing was left out");
    assert.equal(stalled.ids.length + leftOut, scene.published);
    assert.deepEqual([stalled.gaps, stalled.ended], [[], false]);
    const { ended, conflated } = await scene.health();
    assert.deepEqual([ended["too slow"], conflated], [0, leftOut]);
    const before = scene.published;
    scene.assertHealthy();
    await scene.publishBatch();
    await stalled.receives(scene.newest);
    assert.deepEqual(stalled.ids.slice(-BATCH), ids(before + 1, scene.published), "who keeps up again is given all");
  });
});

describe("with SLOW_CONSUMERS=evict", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: { ...VARS, SLOW_CONSUMERS: "evict" } })));
  after(() => server?.stop());

  test("it is closed and the log says why, and resuming it has lost nothing", async (t) => {
    const scene = await Scene.open(t, server, "evict");
    const { stalled } = scene;
    await scene.publishBatches();
    // One that has only just fallen behind is given a second to go on.
    await until(async () => {
      await scene.publishBatch();
      return (await scene.health()).ended["too slow"] > 0;
    }, "the end of the slow reader", LONG);
    assert.equal(await server.connections("evict"), scene.healthy.length);
    stalled.readOn();
    await until(() => stalled.ended, "the end of the stream", LONG);
    assert.equal(stalled.whole, true, "it ends as a body does");
    assert.deepEqual([stalled.comments.at(-1), stalled.gaps], ["too slow", []]);
    const records = server.output.split("\n").flatMap((line) => (/^\{.*\}$/.test(line) ? [JSON.parse(line)] : []));
    const closed = records.filter(({ event }) => event === "connection closed");
    assert.deepEqual(closed.map(({ level, hub, reason }) => [level, hub, reason]), [["warning", "evict", "too slow"]]);
    const lastEventId = stalled.ids.at(-1);
    const resumed = await SocketSubscriber.open(t, subscribeUrl(scene.hub, ["*"]), { "last-event-id": lastEventId });
    await until(() => resumed.ids.at(-1) === scene.newest, "all that was missed", LONG);
    assert.deepEqual([...stalled.ids, ...resumed.ids], ids(1, scene.published));
    assert.deepEqual(resumed.gaps, []);
    scene.assertHealthy();
    assert.equal((await scene.health()).ended["too slow"], 1);
  });
});
