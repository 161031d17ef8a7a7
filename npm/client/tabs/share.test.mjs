// Which tabs share a connection.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { subscribe } from "../tabs.mjs";
import { nameOf } from "./share.mjs";

const HUB = "https://a.example/events";
const name = (options, url = HUB) => nameOf(url, { topics: ["a", "b"], user: "ada", ...options });

describe("tabs share a connection", () => {
  for (const [what, options, url] of [
    ["with topics in another order, or twice", { topics: ["b", "a", "b"] }],
    ["with a fragment in the URL", {}, `${HUB}#part`],
    ["with the URL as an object", {}, new URL(HUB)],
    ["where they begin", { lastEventId: "x", storage: { getItem() {}, setItem() {} } }],
    ["with and without JSON", { json: true }],
    ["with other callbacks", { onUpdate() {}, onGap() {}, signal: AbortSignal.abort() }],
    ["with the default credentials", { credentials: "same-origin" }],
  ]) {
    test(`alike ${what}`, () => assert.equal(name(options, url), name({})));
  }
  test("with the types in another order", () => {
    assert.equal(name({ types: ["x", "y"] }), name({ types: ["y", "x"] }));
  });
});

describe("tabs have connections of their own", () => {
  const token = () => "t";
  for (const [what, options, url] of [
    ["for another user", { user: "bob" }],
    ["for everybody", { user: null }],
    ["for a user who is named null", { user: "null" }],
    ["for another hub", {}, "https://a.example/other"],
    ["for another query of the hub's URL", {}, `${HUB}?a=1`],
    ["for other topics", { topics: ["a"] }],
    ["for the topics as matchers", { topics: undefined, match: { exact: ["a", "b"] } }],
    ["for the topics as patterns", { topics: undefined, match: { urlpattern: ["a", "b"] } }],
    ["with types", { types: ["x"] }],
    ["with the topics of each update", { withTopics: true }],
    ["with other credentials", { credentials: "include" }],
    ["with a token", { token }],
  ]) {
    test(what, () => assert.notEqual(name(options, url), name({})));
  }
  test("and no text in one option looks like another option", () => {
    assert.notEqual(name({ user: 'a",["' }), name({ user: "a" }));
    assert.notEqual(name({ topics: ["a,b"] }), name({}));
    assert.notEqual(name({ topics: ["a&topic=b"] }), name({}));
  });
});

describe("the option user", () => {
  const options = { topics: "a", onUpdate() {} };
  for (const user of [undefined, "", 1, {}]) {
    test(`is refused as ${JSON.stringify(user)}, in every host`, () => {
      assert.throws(() => subscribe(HUB, { ...options, user }), { name: "TypeError", message: /^user is .*; it must be a text that names who reads/ });
    });
  }
  test("as null is refused with a token, or with cookies", () => {
    const open = (more) => () => subscribe(HUB, { ...options, user: null, ...more });
    assert.throws(open({ token: () => "t" }), { name: "TypeError", message: /token must not be given/ });
    assert.throws(open({ credentials: "include" }), { name: "TypeError", message: /credentials must be "omit" and not "include"/ });
    open({ credentials: "omit" })().close();
  });
  test("is refused without options too", () => assert.throws(() => subscribe(HUB), /^TypeError: user is undefined/));
});
