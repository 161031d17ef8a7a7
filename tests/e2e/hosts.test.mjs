// Requests whose target or Host is not what clients send.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { exchange } from "./raw.mjs";
import { Server } from "./server.mjs";

const PATH = "/.well-known/mercure?topic=a";

let server;
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
});
after(() => server?.stop());

/** Sends a request of these lines and HEAD's method, so that an answer of 200 comes to an end. */
const send = (target, ...fields) =>
  exchange(server.port, Buffer.from([`HEAD ${target} HTTP/1.1`, ...fields, "Connection: close", "", ""].join("\r\n")));

/** What is logged besides that a request was refused. */
const besidesRefusals = (output) => output.split("\n").filter((line) => line !== "" && !/"event":"refus(ed|als left out)"/.test(line));

describe("a Host that is none", () => {
  const hosts = [
    "é.example", "%41.example", "a b", "x:99999", "x:-1", "x:abc", "a:80:80", "a,b", "[::1", "a\\b", "<a>", "user@x",
    "x/y", "x?y", "x#y", "☃.net",
  ];
  for (const host of hosts) {
    test(`${host} is answered 400, and leaves nothing in the log but that`, async () => {
      const { length } = server.output;
      const { status, head } = await send(PATH, `Host: ${host}`);
      assert.equal(status, 400);
      assert.match(head, /^content-type: application\/problem\+json/im);
      assert.equal((await send("/", `Host: ${host}`)).status, 400);
      assert.equal((await send(PATH, "Host: a")).status, 200);
      assert.deepEqual(besidesRefusals(server.output.slice(length)), []);
    });
  }

  test("two of them are answered 400", async () => {
    assert.equal((await send(PATH, "Host: a", "Host: b")).status, 400);
  });
});

describe("a target of another form", () => {
  const targets = {
    [`http://other.example${PATH}`]: 200,
    [`/${PATH}`]: 404,
    [`//other.example${PATH}`]: 404,
    [`/x/..${PATH}`]: 404,
    [`${PATH}#fragment`]: 200,
    [`/${"a".repeat(20_000)}`]: 404,
    "/hubs/%zz/.well-known/mercure": 404,
    "/hubs/%00/.well-known/mercure": 404,
    "/hubs/é/.well-known/mercure": 404,
  };
  for (const [target, status] of Object.entries(targets)) {
    test(`${target.slice(0, 60)} is answered ${status}, and leaves nothing in the log but that`, async () => {
      const { length } = server.output;
      assert.equal((await send(target, "Host: a")).status, status);
      assert.equal((await send(PATH, "Host: a")).status, 200);
      assert.deepEqual(besidesRefusals(server.output.slice(length)), []);
    });
  }

  test("an address that is none is a host like others", async () => {
    for (const host of ["127.1", "0x7f", "1.2.3.999", "999999999999", "a..b", "xn--", "[::]", "x:"]) {
      assert.equal((await send(PATH, `Host: ${host}`)).status, 200, host);
    }
  });
});
