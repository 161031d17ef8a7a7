// Several tabs of a browser have one connection, whatever happens to the one that leads.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ClientPages } from "./client_page.mjs";
import { publish } from "./clients.mjs";
import { Server } from "./server.mjs";
import { Tabs } from "./tabs.mjs";
import { KEYS_0, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const pages = ClientPages.forTests();
let server;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", ...KEYS_0 } });
});
after(() => server?.stop());

const tabs = (t) => Tabs.inOneBrowser(t, { pages, server });

describe("the tabs of a browser", { concurrency: true }, () => {
  test("have one connection, and each gets each update once", async (t) => {
    const share = await tabs(t);
    await Promise.all([1, 2, 3, 4, 5].map(() => share.open()));
    await share.burst(20);
    await share.open();
    await share.burst(20);
    await share.agree();
    assert.equal(await share.connections(), 1);
  });

  test("lose nothing when the leading one is closed", async (t) => {
    const share = await tabs(t);
    const leader = await share.open();
    await share.open();
    await share.open();
    await Promise.all([share.burst(60), leader.page.close()]);
    await share.agree();
    await share.comeTo(1);
  });

  test("lose nothing when the leading one is loaded again, which goes on behind its last update", async (t) => {
    const share = await tabs(t);
    const leader = await share.open({ storage: true });
    await share.open();
    await share.burst(10);
    await share.agree();
    await Promise.all([share.burst(30), share.reload(leader)]);
    await share.agree();
    await share.comeTo(1);
  });

  test("lose nothing when the leading one crashes", async (t) => {
    const share = await tabs(t);
    const leader = await share.open();
    await share.open();
    await share.open();
    await Promise.all([share.burst(60), leader.crash()]);
    await share.agree();
    await share.comeTo(1);
  });

  test("lose nothing when the leading one is frozen, and it misses nothing when it goes on", async (t) => {
    const share = await tabs(t);
    const leader = await share.open();
    await share.open();
    await share.open();
    await Promise.all([share.burst(30), leader.freeze()]);
    await share.agree();
    await Promise.all([share.burst(30), leader.thaw()]);
    await share.agree();
    await share.comeTo(1);
  });

  test("hand over when the leading one is offline", async (t) => {
    const share = await tabs(t);
    const leader = await share.open();
    await share.open();
    await Promise.all([share.burst(10), leader.setOffline(true)]);
    await share.burst(10);
    await share.agree();
    await leader.setOffline(false);
    await share.burst(5);
    await share.agree();
    await share.comeTo(1);
  });

  test("begin where each of them wants to, and then have one connection", async (t) => {
    const share = await tabs(t);
    await share.burst(10);
    await share.open();
    await share.open({ lastEventId: "earliest", first: 0 });
    await share.open({ lastEventId: share.ids[3], first: 4 });
    await share.burst(5);
    // What the leader still knows needs no connection of its own.
    await share.open({ lastEventId: share.ids[11], first: 12 });
    await share.agree();
    await share.comeTo(1);
  });

  test("of two users have a connection each, and private updates go to the one who may read them alone", async (t) => {
    const share = await tabs(t);
    const open = async (user, options) => share.open({ user, token: await token0({ subscribe: [user] }), topics: [user], ...options });
    const [ada, bob, other] = [await open("users/ada"), await open("users/bob", { topics: ["users/ada", "users/bob"] }), await open("users/ada")];
    const everybody = await share.open({ topics: ["users/ada"] });
    for (const data of ["1", "2"]) await publish(share.hub, { topic: "users/ada", data, private: "on" });
    await publish(share.hub, { topic: ["users/ada", "users/bob"], data: "end" });
    const told = async (tab) => {
      await until(async () => (await tab.told()).updates.includes("end"), "the end");
      return (await tab.told()).updates;
    };
    assert.deepEqual(await Promise.all([ada, other, bob, everybody].map(told)), [["1", "2", "end"], ["1", "2", "end"], ["end"], ["end"]]);
    assert.equal(await share.connections(), 3);
  });

  test("send no cookie for what everybody may read", async (t) => {
    const share = await tabs(t);
    const sent = [];
    const requests = (page) => page.on("request", (request) => request.url().includes("topic=") && sent.push(request.allHeaders()));
    await share.prepare(async (page) => {
      requests(page);
      await page.evaluate(() => (document.cookie = "session=1"));
    });
    await share.open({ types: ["message"] });
    await share.open({ user: "ada", types: ["message"] });
    assert.deepEqual((await Promise.all(sent)).map(({ cookie }) => cookie), [undefined, "session=1"]);
  });

  test("are each told why the hub refuses them, and may try again", async (t) => {
    const share = await tabs(t);
    const refusal = { status: 403, contentType: "application/problem+json", body: '{"title":"Forbidden","detail":"Not any more."}' };
    const short = { status: 200, contentType: "text/event-stream", body: ":\n\n" };
    let answer = short;
    const path = "**/.well-known/mercure?**";
    await share.context.route(path, (route) => route.fulfill(answer));
    const both = [await share.begin({ user: "ada" }), await share.begin({ user: "ada" })];
    for (const tab of both) await until(async () => (await tab.told()).states.some(({ name }) => name === "open"), "an open stream");
    answer = refusal;
    for (const tab of both) {
      await tab.is("closed");
      assert.deepEqual((await tab.told()).states.at(-1), { name: "closed", why: "refused", status: 403 });
    }
    await share.context.unroute(path);
    await share.open({ user: "ada" });
  });

  test("are not disturbed by what other scripts say on their channel", async (t) => {
    const share = await tabs(t);
    await share.open();
    const tab = await share.open();
    const errors = await tab.page.evaluate(async () => {
      const errors = [];
      addEventListener("error", ({ message }) => errors.push(message));
      const { held } = await navigator.locks.query();
      const channel = new BroadcastChannel(held[0].name);
      const step = { kind: "step", term: 1, number: 1, entry: { cursor: "x", update: { id: "x", type: "message", text: "forged" } } };
      for (const data of [null, 1, "step", {}, { kind: "step" }, { kind: "step", term: "1" }, step, new Map(), [step]]) channel.postMessage(data);
      await new Promise((resolve) => setTimeout(resolve));
      return errors;
    });
    assert.deepEqual(errors, []);
    await share.burst(5);
    await share.agree();
  });

  test("end alone: the others go on, and a loop over updates ends", async (t) => {
    const share = await tabs(t);
    const leader = await share.open();
    await share.open();
    const texts = leader.page.evaluate(async (url) => {
      const texts = [];
      globalThis.loop = globalThis.client.subscribe(url, { topics: "*", user: null });
      for await (const { text } of globalThis.loop) if (texts.push(text) === 5) break;
      return [...texts, globalThis.loop.state.why];
    }, share.hub);
    await until(() => leader.page.evaluate(() => globalThis.loop?.state.name === "open"), "the loop to begin");
    await share.burst(5);
    assert.deepEqual(await texts, [...share.published, "closed"]);
    await leader.page.evaluate(() => globalThis.subscription.close());
    leader.isThere = false;
    assert.deepEqual((await leader.told()).states.at(-1), { name: "closed", why: "closed", status: undefined });
    await share.burst(5);
    await share.agree();
    assert.equal((await leader.told()).updates.length, 5);
    await share.comeTo(1);
  });

  const WITHOUT_LOCKS = {
    "has no Web Locks": () => void Object.defineProperty(navigator, "locks", { value: undefined }),
    // Such as one that is to keep nothing.
    "refuses them": () => {
      const request = () => Promise.reject(new DOMException("Storage is not allowed.", "SecurityError"));
      Object.defineProperty(navigator.locks, "request", { value: request });
    },
  };
  for (const [why, prepare] of Object.entries(WITHOUT_LOCKS)) {
    test(`have a connection each in a browser that ${why}`, async (t) => {
      const share = await tabs(t);
      await share.prepare((page) => page.evaluate(prepare));
      await share.open();
      await share.open();
      await share.burst(5);
      await share.agree();
      assert.equal(await share.connections(), 2);
    });
  }
});
