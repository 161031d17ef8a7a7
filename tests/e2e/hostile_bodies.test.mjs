// Bodies that never end cost a hub what they may, and nobody else anything.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ATTACKED, Besieged } from "./besieged.mjs";
import { post } from "./clients.mjs";
import { StreamedPost } from "./raw.mjs";
import { Server } from "./server.mjs";
import { KEYS, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const FORM = "application/x-www-form-urlencoded";
const NDJSON = "application/x-ndjson";
const EVENT_STREAM = "text/event-stream";
const MAX_QUERY = 131_072;
const MAX_BODY = 1_048_576;
/** What all bodies of a hub may hold. */
const MAX_BODIES_BYTES = 16;
const MAX_BODIES = 1_000;
/** How long a body may be silent, and what a timer may come late. */
const SILENCE = 10_000;
/** What the process may grow by beyond them, in MiB: for sockets, and for what the runtime's heaps keep. */
const BESIDE = 150;
/** Chunks of a thousand lines: their answers are more than the buffers of both sockets take. */
const CHUNKS = 30;
const CRLF = "\r\n";

let server;
let headers;
/** A body that closes its topic, and stops in the middle of an event before all else. */
let closing;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ...KEYS, CONNECTION_AGE: "0" } });
  headers = bearer(await token0({ publish: ["*"] }));
  closing = new StreamedPost(`${server.hub("closing")}?topic=a&close`, EVENT_STREAM, headers);
  await closing.write("data: half of an event");
});
after(() => {
  closing?.break();
  return server?.stop();
});

/** A request whose body is written piece by piece, or not at all. */
class Slow {
  text = "";
  closed = false;
  #socket;

  static async open(t, url, method, fields) {
    const slow = new Slow();
    t.after(() => slow.close());
    const { hostname, port, host, pathname, search } = new URL(url);
    slow.#socket = connect(Number(port), hostname);
    slow.#socket.on("error", () => {});
    slow.#socket.on("close", () => (slow.closed = true));
    slow.#socket.setEncoding("latin1").on("data", (text) => (slow.text += text));
    await once(slow.#socket, "connect");
    const lines = Object.entries({ host, ...fields }).map((pair) => pair.join(": "));
    slow.write([`${method} ${pathname}${search} HTTP/1.1`, ...lines, CRLF].join(CRLF));
    return slow;
  }

  write(text) {
    this.#socket.write(text);
  }

  /** Writes a chunk of a body of no known length. */
  chunk(text) {
    this.write(`${text.length.toString(16)}${CRLF}${text}${CRLF}`);
  }

  /** Takes nothing of the answer any more, until it reads on. */
  deaf() {
    this.#socket.pause();
  }

  readOn() {
    this.#socket.resume();
  }

  /** The status of the answer, once it is there. */
  get status() {
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(this.text)?.[1];
    return status === undefined ? undefined : Number(status);
  }

  close() {
    this.#socket?.destroy();
  }
}

const chunked = (type, more = {}) => ({ "content-type": type, "transfer-encoding": "chunked", ...more });
const sized = (length, more = {}) => ({ "content-type": FORM, "content-length": String(length), ...more });

/** Sends hostile bodies, and sees to it that they cost no more than they may while honest clients are served. */
async function attack(t, send) {
  const clients = await Besieged.open(t, server, headers);
  const bodies = await send(server.hub(ATTACKED));
  const end = performance.now() + 3_000;
  do await clients.served();
  while (performance.now() < end);
  clients.assertUndisturbed();
  assert.ok(clients.grown < MAX_BODIES_BYTES + BESIDE, `the process grew by ${clients.grown} MiB`);
  return { bodies, grown: clients.grown };
}

test("400 anonymous QUERY bodies one byte short are held within a bound, and given up", async (t) => {
  const body = `match=a&x=${"x".repeat(MAX_QUERY)}`.slice(0, MAX_QUERY - 1);
  const { bodies, grown } = await attack(t, async (hub) => {
    const opened = Array.from({ length: 400 }, () => Slow.open(t, hub, "QUERY", sized(MAX_QUERY)));
    const slow = await Promise.all(opened);
    slow.forEach((one) => one.write(body));
    return slow;
  });
  await until(() => bodies.every(({ status }) => status !== undefined), "an answer to each", SILENCE + 15_000);
  const statuses = Map.groupBy(bodies, ({ status }) => status);
  assert.deepEqual([...statuses.keys()].filter((status) => ![408, 429].includes(status)), []);
  assert.ok(statuses.get(408).length > 0);
  for (const { text, status } of bodies) {
    assert.match(text, /content-type: application\/problem\+json/i);
    if (status === 429) assert.match(text, /retry-after: [1-9]/i);
  }
  t.diagnostic(`the process grew by ${Math.round(grown)} MiB; ${statuses.get(408).length} were given up`);
});

test("of more bodies than a hub reads at a time the last are refused, until the first have been silent for a while", async (t) => {
  const open = (count) =>
    Promise.all(Array.from({ length: count }, () => Slow.open(t, server.hub("attacked"), "QUERY", sized(10))));
  const { bodies } = await attack(t, () => open(MAX_BODIES + 100));
  const withStatus = (wanted) => bodies.filter(({ status }) => status === wanted);
  // Within a second nobody has been silent for long enough; later each that comes takes the place of another.
  assert.equal(withStatus(429).length + withStatus(408).length >= 100, true);
  const later = await open(20);
  await until(() => withStatus(408).length >= 20, () => `20 to give way; ${withStatus(408).length} have`, SILENCE / 2);
  assert.ok(withStatus(408).some(({ text }) => /nothing of it came for \d{4} ms/.test(text)));
  assert.deepEqual(later.filter(({ status }) => status === 429), []);
});

test("a QUERY over its bound is refused before it is read, known or not", async (t) => {
  const hub = server.hub("attacked");
  const told = await Slow.open(t, hub, "QUERY", sized(MAX_QUERY + 1));
  const found = await Slow.open(t, hub, "QUERY", chunked(FORM));
  found.chunk("x".repeat(MAX_QUERY + 1));
  for (const slow of [told, found]) await until(() => slow.status === 413, () => `413; there was ${slow.text}`);
});

test("300 NDJSON lines without an end, of a publisher with a token, are held within a bound, and given up", async (t) => {
  const line = `{"topic":"a","data":"${"x".repeat(MAX_BODY - 100)}`;
  const { bodies, grown } = await attack(t, async (hub) => {
    const opened = Array.from({ length: 300 }, () => Slow.open(t, hub, "POST", chunked(NDJSON, headers)));
    const slow = await Promise.all(opened);
    slow.forEach((one) => one.chunk(line));
    return slow;
  });
  const ended = ({ text }) => /"status":(408|429)/.test(text);
  await until(() => bodies.every(ended), "an error in each answer", SILENCE + 15_000);
  t.diagnostic(`the process grew by ${Math.round(grown)} MiB`);
});

test("40 NDJSON bodies of the shortest lines, whose answers nobody takes, are held within a bound", async (t) => {
  const lines = "0\n".repeat(160_000);
  const { grown } = await attack(t, async (hub) => {
    const opened = Array.from({ length: 40 }, () => Slow.open(t, hub, "POST", chunked(NDJSON, headers)));
    const slow = await Promise.all(opened);
    for (const one of slow) {
      one.deaf();
      one.chunk(lines);
    }
    return slow;
  });
  t.diagnostic(`the process grew by ${Math.round(grown)} MiB`);
});

describe("silence", { concurrency: true }, () => {
  test("an event stream that is silent between two events goes on, and one that is amid an event is given up", async (t) => {
    const hub = `${server.hub("silent")}?topic=a`;
    const between = await Slow.open(t, hub, "POST", chunked(EVENT_STREAM, headers));
    const amid = await Slow.open(t, hub, "POST", chunked(EVENT_STREAM, headers));
    between.chunk("data: 1\n\n");
    amid.chunk("data: 1\n\ndata: 2");
    await until(() => [between, amid].every(({ text }) => text.includes('{"id":')), "the first answers");
    await until(() => amid.text.includes('"status":408'), "an end", SILENCE + 10_000);
    assert.match(amid.text, /nothing of it came for 1\d{4} ms/);
    between.chunk("data: 3\n\n");
    await until(() => between.text.split('{"id":').length === 3, () => `the second answer; there was ${between.text}`);
    assert.equal(between.closed, false);
  });

  test("a publisher that leaves its answers unread for too long is cut off", async (t) => {
    const slow = await Slow.open(t, server.hub("unread"), "POST", chunked(NDJSON, headers));
    slow.chunk('{"topic":"a"}\n');
    await until(() => slow.text.includes('{"id":'), "the first answer");
    slow.deaf();
    const line = `{"topic":"a","id":"${"x".repeat(1_000)}"}\n`;
    for (let at = 0; at < CHUNKS; at += 1) slow.chunk(line.repeat(1_000));
    // That nothing is read for a time is what is tested.
    await delay(SILENCE + 8_000);
    slow.readOn();
    // What it has not read may be lost with the connection, the reason too.
    await until(() => slow.closed, () => `an end; there was ${slow.text.slice(-300)}`);
    const answered = slow.text.split('{"id":').length - 1;
    assert.ok(answered < 1_000 * CHUNKS, `${answered} lines were published`);
  });

  test("a publisher with a form that stalls is told so, and one that comes slowly is served", async (t) => {
    const hub = server.hub("slow");
    const stalled = await Slow.open(t, hub, "POST", sized(100, headers));
    stalled.write("topic=a");
    const body = `topic=a&data=${"x".repeat(17)}`;
    const slow = await Slow.open(t, hub, "POST", sized(body.length, headers));
    const letters = [...body];
    const drip = setInterval(() => letters.length > 0 && slow.write(letters.shift()), 500);
    t.after(() => clearInterval(drip));
    await until(() => slow.status === 200, () => `200; there was ${slow.text}`, 30_000);
    await until(() => stalled.status === 408, () => `408; there was ${stalled.text}`, SILENCE + 5_000);
  });
});

test("nothing has trapped", () => {
  assert.doesNotMatch(server.output, /trapped/);
});

test("a body that is given up closes its topics as broken, and says so last", async () => {
  await until(() => closing.ended, "the end of the answer", 2 * SILENCE);
  const [givenUp, closed, ...more] = closing.answers;
  assert.deepEqual([givenUp.error.status, closed, more], [408, { closed: { topics: ["a"], reason: "broken" } }, []]);
  const late = await post(server.hub("closing"), { topic: "a", data: "late" }, { headers });
  assert.equal(late.status, 409);
});
