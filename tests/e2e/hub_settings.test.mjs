// Settings of single hubs, by the variable HUBS.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Curl, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { until } from "./until.mjs";

const OPEN = { ANONYMOUS_PUBLISH: "true" };

for (const kind of ["wrangler", "workerd"]) {
  describe(`on ${kind}`, () => {
    let server;
    const hubs = { short: { HISTORY_UPDATES: "2", GAP_EVENTS: "false" }, closed: { ANONYMOUS_PUBLISH: "false" } };
    const vars = { ...OPEN, HISTORY_UPDATES: "3", HUBS: JSON.stringify(hubs) };
    before(async () => (server = await Server.start({ kind, vars })));
    after(() => server?.stop());

    test("each hub has its own first, and otherwise those of all", async (t) => {
      const kept = { short: ["4", "5"], other: ["3", "4", "5"] };
      for (const [name, expected] of Object.entries(kept)) {
        const hub = server.hub(name);
        for (const data of ["1", "2", "3", "4", "5"]) await publish(hub, { topic: "a", data, id: data });
        const stream = new Curl(subscribeUrl(hub, ["a"]), "-H", "Last-Event-ID: earliest");
        t.after(() => stream.close());
        await stream.receives("data: 5\n\n");
        assert.deepEqual(stream.text.match(/^data: \d$/gm), expected.map((data) => `data: ${data}`), name);
        assert.equal(stream.text.includes("event: gap"), name === "other", name);
      }
    });

    test("a hub that is closed is closed alone", async () => {
      const publication = { method: "POST", body: new URLSearchParams({ topic: "a" }) };
      assert.equal((await fetch(server.hub("closed"), publication)).status, 401);
      assert.equal((await fetch(server.hub("other"), publication)).status, 200);
    });
  });
}

/** Stands where a key would, in a HUBS that is wrong: neither an answer nor the log may show it. */
const KEY = "!AKeyThatNobodyIsToSee!";
const WRONG = {
  '{"news":{"HISTORY_AGE":"an hour"}}': ["HISTORY_AGE", /HISTORY_AGE of the hub news is "an hour"/],
  '{"news":{"HISTORY_YEARS":"1"}}': ["HUBS", /hub news has an unknown variable HISTORY_YEARS/],
  '{"news":{"HEARTBEET":"1s"}}': [
    "HUBS",
    /hub news has an unknown variable HEARTBEET; perhaps HEARTBEAT was meant/,
  ],
  '{"no/hub":{"HISTORY_AGE":"1h"}}': ["HUBS", /HUBS is "no\/hub"/],
  '{"news":{"HISTORY_UPDATES":10}}': ["HUBS", /HUBS is wrong at "news.HISTORY_UPDATES": it must be JSON such as/],
  '["news"]': ["HUBS", /HUBS is wrong: it must be JSON such as/],
  news: ["HUBS", /HUBS is wrong: it must be JSON such as/],
  [`{"news":{"MERCURE_PUBLISHER_JWT_KEY":"${KEY}","HISTORY_UPDATES":10}}`]: ["HUBS", /at "news.HISTORY_UPDATES"/],
  [`{"news":{"MERCURE_PUBLISHER_JWT_KEY":["${KEY}"]}}`]: ["HUBS", /at "news.MERCURE_PUBLISHER_JWT_KEY"/],
  [`{"MERCURE_PUBLISHER_JWT_KEY":"${KEY}"}`]: ["HUBS", /at "MERCURE_PUBLISHER_JWT_KEY"/],
  [`{"news":{"PUBLISHER_JWT_KEY":"${KEY}"}}`]: ["HUBS", /hub news has an unknown variable PUBLISHER_JWT_KEY/],
  [`{"news":{"MERCURE_PUBLISHER_JWT_KEY":"${KEY}"}`]: ["HUBS", /HUBS is wrong: it must be/],
  [`["${KEY}"]`]: ["HUBS", /HUBS is wrong: it must be/],
  [`{"news":{"MERCURE_PUBLISHER_JWT_KEY":"-----BEGIN ${KEY}"}}`]: ["MERCURE_PUBLISHER_JWT_KEY", /of the hub news is wrong: .*PEM/],
};
for (const [hubs, [field, detail]] of Object.entries(WRONG)) {
  test(`${hubs} is named in every answer`, async (t) => {
    const server = await Server.start({ kind: "workerd", vars: { ...OPEN, HUBS: hubs } });
    t.after(() => server.stop());
    for (const name of ["news", "other"]) {
      const response = await fetch(server.hub(name));
      assert.equal(response.status, 500);
      const problem = await response.json();
      assert.equal(problem.field, field);
      assert.match(problem.detail, detail);
      assert.ok(!JSON.stringify(problem).includes(KEY), "the answer shows no key");
    }
    await until(() => server.output.includes(field), "the mistake in the log");
    assert.ok(!server.output.includes(KEY), "the log shows no key");
  });
}
