// Publishing with the client: once, whatever becomes of the answer; and refusals that say what is wrong.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { chromium } from "playwright-core";
import { Problem, publish } from "../../npm/client/index.mjs";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { Front, problem } from "./client_front.mjs";
import { ClientPages } from "./client_page.mjs";
import { CUTS, logOf, throughProxies } from "./client_publishing.mjs";
import { freePort } from "./free_port.mjs";
import { Server } from "./server.mjs";
import { KEYS_0, inSeconds, sign, tampered } from "./tokens.mjs";

/** How many bytes of an answer lie between two that are tried. */
const EVERY = 5;
/** More attempts than any test uses up. */
const ATTEMPTS = 10;

const pages = ClientPages.forTests();
let server;
let count = 0;
before(async () => {
  const HUBS = JSON.stringify({ rated: { PUBLISH_RATE: "3" } });
  const vars = { ANONYMOUS_PUBLISH: "true", CORS_ORIGINS: "*", HUBS, ...KEYS_0 };
  server = await Server.start({ kind: "workerd", vars });
});
after(() => server?.stop());
const freshHub = () => server.hub(`publish-${(count += 1)}`);

/** In a page or in this process: publishes `data` to each URL, and resolves with the answers. */
const RUNTIMES = {
  Node: async () => (urls) => Promise.all(urls.map((url, at) => publish(url, { topic: "a", data: String(at) }, { attempts: ATTEMPTS }))),
  async Chromium(t) {
    const page = await pages.open(t, { origin: server.origin });
    return (urls) =>
      page.evaluate(([urls, attempts]) =>
        Promise.all(urls.map((url, at) => client.publish(url, { topic: "a", data: String(at) }, { attempts }))), [urls, ATTEMPTS]);
  },
};

describe("publish", { concurrency: true }, () => {
  for (const [runtime, open] of Object.entries(RUNTIMES)) {
    test(`in ${runtime} publishes once, at whatever byte the answer is cut`, async (t) => {
      const send = await open(t);
      const hub = freshHub();
      const clean = await throughProxies(t, hub, [[]]);
      await send(clean.urls);
      const plans = Array.from({ length: Math.ceil(clean.proxies[0].received[0] / EVERY) }, (_, step) =>
        [{ kind: CUTS[step % CUTS.length], at: step * EVERY }]);
      const cut = freshHub();
      const { proxies, urls } = await throughProxies(t, cut, plans);
      const answers = await send(urls);
      assert.deepEqual(proxies.filter(({ isSpent }) => !isSpent), []);
      const log = new Map(await logOf(cut));
      assert.equal(log.size, urls.length);
      answers.forEach(({ id, connections }, at) => {
        assert.deepEqual([log.get(id), connections], [String(at), 0], JSON.stringify(plans[at]));
      });
    });
  }

  for (const [what, answer] of Object.entries({
    "429 with Retry-After": problem(429, {}, { "retry-after": "1" }),
    "503": problem(503),
    "500 without a document": { status: 500 },
    "408": problem(408),
    "200 with the page of a portal": { status: 200, headers: { "content-type": "text/html" }, body: "<p>Log in" },
  })) {
    test(`sends again what was answered ${what}, by a server in front`, async (t) => {
      const hub = freshHub();
      const front = await Front.to(t, server.port, [answer]);
      const { id } = await publish(front.at(hub), { topic: "a", data: "x" });
      assert.deepEqual(await logOf(hub), [[id, "x"]]);
      const [first, second] = front.times;
      assert.ok(second - first >= 1_000 * (answer.headers?.["retry-after"] ?? 0) - 1);
    });
  }

  test("sends again what is over the rate of the hub", async () => {
    const hub = server.hub("rated");
    const data = Array.from({ length: 6 }, (_, at) => String(at));
    await Promise.all(data.map((each) => publish(hub, { topic: "a", data: each }, { attempts: ATTEMPTS })));
    assert.deepEqual((await logOf(hub)).map(([, each]) => each).sort(), data);
  });

  test("takes no page for the hub's answer", async (t) => {
    const front = await Front.to(t, server.port, [{ status: 200, headers: { "content-type": "text/html" }, body: "<p>Log in" }]);
    const message = "The hub did not answer: the answer is text/html";
    await assert.rejects(publish(front.at(freshHub()), { topic: "a" }, { attempts: 1 }), { status: 0, message });
  });

  test("works in a page without TLS, which lacks some of the browser", async (t) => {
    // A page without TLS could not come to this machine's servers.
    const args = [...FLAGS, "--host-resolver-rules=MAP plain.test 127.0.0.1", "--disable-features=LocalNetworkAccessChecks"];
    const browser = await chromium.launch({ executablePath: chromiumPath(), args });
    t.after(() => browser.close());
    const plain = new ClientPages();
    plain.browser = browser;
    const page = await plain.open(t, { origin: `http://plain.test:${server.port}` });
    assert.equal(await page.evaluate(() => isSecureContext), false);
    const hub = freshHub();
    const { pathname } = new URL(hub);
    const { id } = await page.evaluate((hub) => client.publish(hub, { topic: "a", data: "x" }), pathname);
    assert.deepEqual(await logOf(hub), [[id, "x"]]);
  });

  test("gives up after as many attempts as it is allowed, and says why", async (t) => {
    const front = await Front.to(t, server.port, Array(3).fill(problem(503, { detail: "Away." })));
    await assert.rejects(publish(front.at(freshHub()), { topic: "a" }, { attempts: 2 }), { status: 503, message: "Away." });
    assert.equal(front.times.length, 2);
    const nobody = `http://127.0.0.1:${await freePort()}/`;
    await assert.rejects(publish(nobody, { topic: "a" }, { attempts: 1 }), { name: "Problem", status: 0 });
  });

  /** Refusals: the update, and the problem. */
  const REFUSALS = {
    "no topic": [{ data: "x" }, { status: 400, field: "topic" }],
    "an id of the hub": [{ topic: "a", id: "#x" }, { status: 400, field: "id" }],
  };
  for (const [what, [update, expected]] of Object.entries(REFUSALS)) {
    test(`of ${what} throws the hub's problem, and sends it once`, async (t) => {
      const front = await Front.to(t, server.port, []);
      const error = await publish(front.at(freshHub()), update).catch((error) => error);
      assert.ok(error instanceof Problem, String(error));
      assert.partialDeepStrictEqual({ ...error }, expected);
      assert.ok(error.message.length > 10, error.message);
      assert.equal(front.times.length, 1);
    });
  }

  test("of more than a MiB throws the hub's problem", async () => {
    const update = { topic: "a", data: "x".repeat(1.5 * 2 ** 20) };
    await assert.rejects(publish(freshHub(), update), { name: "Problem", status: 413, message: /1048576 bytes/ });
  });

  test("refuses what can never be sent at once", async () => {
    for (const [url, update, options] of [
      ["/relative", { topic: "a" }],
      [freshHub(), { topic: "a", private: "on" }],
      [freshHub(), { topic: "a" }, { idempotencyKey: "a\nb" }],
    ]) {
      await assert.rejects(publish(url, update, options), TypeError);
    }
  });

  test("with the same key publishes once, and refuses another update under it", async () => {
    const hub = freshHub();
    const options = { idempotencyKey: "order 1" };
    const first = await publish(hub, { topic: "a", data: { n: 1 } }, options);
    assert.deepEqual(await publish(hub, { topic: "a", data: { n: 1 } }, options), first);
    await assert.rejects(publish(hub, { topic: "a", data: { n: 2 } }, options), { status: 422 });
    assert.deepEqual(await logOf(hub), [[first.id, '{"n":1}']]);
  });

  test("asks for a token that was refused once more", async () => {
    const good = await sign({ mercure: { publish: ["*"] }, exp: inSeconds(600) });
    const asked = [];
    const token = ({ refused }) => {
      asked.push(refused);
      return refused ? good : tampered(good);
    };
    const { connections } = await publish(freshHub(), { topic: "a", private: true }, { token });
    assert.deepEqual([asked, connections], [[false, true], 0]);
    const never = publish(freshHub(), { topic: "a" }, { token: () => tampered(good) });
    await assert.rejects(never, { status: 401 });
  });

  test("ends by its signal while it waits", async (t) => {
    const front = await Front.to(t, server.port, [problem(503, {}, { "retry-after": "100" })]);
    const signal = AbortSignal.timeout(300);
    await assert.rejects(publish(front.at(freshHub()), { topic: "a" }, { signal }), { name: "TimeoutError" });
  });
});
