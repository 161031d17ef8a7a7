// The options of `createHub`, and what the runtime must have.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assetsOf, checkRuntime, namespaceOf, readOptions } from "./options.mjs";

const WRONG = [
  [null, /the options are null/],
  ["/events", /the options are "\/events"/],
  [{ pth: "/events" }, /there is no option "pth"; the options are path, binding/],
  ...["events", "/", "/events/", "/events?a", "/events#a", "/a/../b", "/é", "//evil.example", 1].map((path) => [{ path }, /path is .*"\/events"/]),
  [{ binding: "" }, /binding is ""; it must be the name of a binding/],
  [{ binding: 1 }, /binding is 1/],
  [{ assets: null }, /assets is null/],
  [{ hub: "news" }, /hub is "news"; it must be a function/],
  [{ authorize: {} }, /authorize is .*; it must be a function/],
  [{ variables: 1 }, /variables is 1; it must be an object such as/],
  [{ variables: ["A"] }, /variables is A; it must be an object/],
];
for (const [options, message] of WRONG) {
  test(`the options ${JSON.stringify(options)} are an error that names the wrong one`, () => {
    assert.throws(() => readOptions(options), { name: "TypeError", message });
  });
}

test("a long wrong value is not shown whole", () => {
  assert.throws(() => readOptions({ path: "x".repeat(1_000) }), ({ message }) => message.length < 250);
});

test("a hub in an application has variables with a prefix, and a Worker of its own has the plain names", () => {
  assert.deepEqual([readOptions({ path: "/a" }).variables, readOptions({}).variables], ["MILLSTREAM_", ""]);
  assert.equal(readOptions(undefined).binding, "HUB");
});

describe("the runtime", () => {
  const enabled = { enable_request_signal: true, enable_weak_ref: true, enhanced_error_serialization: true };
  const with_ = (flags) => {
    globalThis.Cloudflare = flags && { compatibilityFlags: flags };
    try {
      checkRuntime();
    } finally {
      delete globalThis.Cloudflare;
    }
  };
  test("with all flags is right", () => with_(enabled));
  for (const [flag, mend] of [
    ["enable_request_signal", /add compatibility_flags = \["enable_request_signal"\]/],
    ["enable_weak_ref", /compatibility_date/],
    ["enhanced_error_serialization", /compatibility_date/],
  ]) {
    test(`without ${flag} is told how to get it`, () => {
      assert.throws(() => with_({ ...enabled, [flag]: false }), ({ message }) => message.includes(flag) && mend.test(message));
    });
  }
  test("that is none of Cloudflare's is named", () => assert.throws(() => with_(undefined), /runs on Cloudflare Workers/));
});

test("a binding that is missing or is another's is an error with the lines that add it", () => {
  for (const env of [undefined, {}, { HUB: "text" }, { HUB: { fetch() {} } }]) {
    assert.throws(() => namespaceOf(env, "HUB"), /no Durable Object binding "HUB".*name = "HUB" and class_name = "HubObject"/);
  }
  assert.throws(() => assetsOf({}, "FILES"), /no assets binding "FILES".*binding = "FILES"/);
});
