// What stands in the log: what is published and what tokens hold is told at the level debug alone.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { DIALECTS, KEYS, bearer, tampered, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const VARS = { ...KEYS, SUBSCRIPTIONS: "true" };

/** The records in what the server has written: the lines that are JSON. */
const records = (server) =>
  server.output.split("\n").flatMap((line) => (/^\{.*\}$/.test(line) ? [JSON.parse(line)] : []));
const find = (server, event, topic) =>
  records(server).find((record) => record.event === event && record.topics?.includes(topic));

/** Tokens stand in the log at no level, whole or in part: not as they are, nor their payloads or signatures. */
function assertHasNoPartOf(token, output) {
  const [, payload, signature] = token.split(".");
  for (const part of [payload, signature]) assert.ok(!output.includes(part), `${part} of ${token} is in the log`);
}

/** Subscribes with and without a token, and publishes; `mark` stands in all that is private. Gives the token. */
async function use(t, server, { parameter, token }, mark) {
  const hub = server.hub();
  const text = await token(hub, { payload: { user: `payload-${mark}` } });
  const headers = bearer(text);
  const anonymous = await Stream.open(t, withQuery(hub, { [parameter]: `public-${mark}` }));
  const granted = await Stream.open(t, withQuery(hub, { [parameter]: [`private-${mark}`, "b"] }), { headers });
  const fields = { topic: [`private-${mark}`, "alternate"], id: mark, private: "on", data: `data-${mark}-${"é".repeat(400)}` };
  assert.equal((await post(hub, fields, { headers })).status, 200);
  await granted.receivesId(mark);
  assert.deepEqual(anonymous.ids, []);
  await assertRefused(hub, parameter, tampered(text));
  return text;
}

/** A token that is refused, which may be logged as little as one that is taken. */
async function assertRefused(hub, parameter, token) {
  const headers = bearer(token);
  assert.equal((await fetch(withQuery(hub, { [parameter]: "a" }), { headers })).status, 401);
  assert.equal((await post(hub, { topic: "a" }, { headers })).status, 401);
}

describe("at the level debug", () => {
  let server;
  before(async () => (server = await Server.start({ kind: "workerd", vars: { ...VARS, LOG_LEVEL: "debug" } })));
  after(() => server?.stop());

  for (const [dialect, tokens] of Object.entries(DIALECTS)) {
    test(`in ${dialect} a subscription is logged with its selectors and the token's payload, a publication with its data`, async (t) => {
      const mark = `debug-${tokens.parameter}`;
      const token = await use(t, server, tokens, mark);
      const logged = (event, topic) => until(() => find(server, event, topic), () => `${event}; there was ${server.output}`);
      const granted = await logged("connection registered", `private-${mark}`);
      assert.match(granted.connection, /^urn:uuid:/);
      assert.deepEqual([granted.level, granted.topics], ["debug", [`private-${mark}`, "b"]]);
      assert.deepEqual(granted.payloads.map(JSON.parse), [{ user: `payload-${mark}` }]);
      const anonymous = await logged("connection registered", `public-${mark}`);
      assert.deepEqual([anonymous.topics, anonymous.payloads], [[`public-${mark}`], undefined]);
      const update = await logged("update appended", `private-${mark}`);
      assert.deepEqual([update.id, update.topics], [mark, [`private-${mark}`, "alternate"]]);
      assert.equal(update.data, `data-${mark}-${"é".repeat(400)}`.slice(0, 256));
      assertHasNoPartOf(token, server.output);
      assertHasNoPartOf(tampered(token), server.output);
    });
  }
});

for (const level of ["", "info", "warning", "error"]) {
  test(`at the level ${level || "that is the default"} nothing that is published or in a token is logged`, async (t) => {
    const server = await Server.start({ kind: "workerd", vars: { ...VARS, LOG_LEVEL: level }, settings: ["CONFIG=trap"] });
    t.after(() => server.stop());
    const used = [];
    for (const tokens of Object.values(DIALECTS)) used.push(await use(t, server, tokens, `hidden-${tokens.parameter}`));
    const headers = { ...bearer(await token0({ publish: ["*"] })), "sql-fails": "1" };
    assert.equal((await post(server.hub(), { topic: "hidden", data: "hidden" }, { headers })).status, 500);
    // Records are written in their order, so what came ahead of this one would be there.
    await until(() => records(server).some(({ event }) => event === "publish failed"), "the failure in the log");
    assert.doesNotMatch(server.output, /hidden/);
    for (const token of used) {
      assertHasNoPartOf(token, server.output);
      assertHasNoPartOf(tampered(token), server.output);
    }
  });
}
