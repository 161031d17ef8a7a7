import assert from "node:assert/strict";
import { test } from "node:test";
import { Tokens } from "./token.mjs";

const { signal } = new AbortController();
const SECOND = 1_000;
const now = () => Math.floor(Date.now() / SECOND);

async function renewalOf(claims) {
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const tokens = new Tokens(() => `e30.${payload}.x`, signal);
  await tokens.ask({ refused: false });
  return tokens.renewal;
}

function about(actual, expected) {
  assert.ok(Math.abs(actual - expected) <= 2 * SECOND, `${actual}, and not ${expected}`);
}

test("a token is renewed when a fifth of its time is left, or a minute", async () => {
  about(await renewalOf({ exp: now() + 100 }), 80 * SECOND);
  about(await renewalOf({ exp: now() + 3_600 }), 3_540 * SECOND);
  about(await renewalOf({ iat: now() - 100, exp: now() + 100 }), 80 * SECOND);
});

test("a clock that is wrong makes no token over, and none longer than it is", async () => {
  about(await renewalOf({ iat: now() - 10_000, exp: now() - 9_900 }), 80 * SECOND);
  about(await renewalOf({ iat: now() + 10_000, exp: now() + 10_100 }), 80 * SECOND);
});

test("a clock by which each token is almost over makes no storm of them", async () => {
  assert.equal(await renewalOf({ iat: now() - 3_600, exp: Date.now() / SECOND + 0.2 }), SECOND);
});

test("a token that tells no end is used until it is refused", async () => {
  for (const claims of [{}, { exp: "soon" }, { exp: now() - 5 }, { exp: now() + 10 ** 8 }, null]) {
    assert.equal(await renewalOf(claims), undefined, JSON.stringify(claims));
  }
  const tokens = new Tokens(() => "opaque", signal);
  assert.equal(await tokens.ask({ refused: false }), true);
  assert.equal(await tokens.ask({ refused: false }), false, "the same again");
  assert.equal(tokens.renewal, undefined);
  assert.deepEqual(tokens.headers, { authorization: "Bearer opaque" });
});

test("what is no token is refused before it is sent", async () => {
  for (const wrong of [undefined, null, 7, "", "two words", "line\nbreak", "é"]) {
    await assert.rejects(new Tokens(() => wrong, signal).ask({ refused: false }), TypeError);
  }
});
