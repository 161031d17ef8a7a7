// The commands of `millstream` for an operator: what is wrong with a command line, a file or a connection is named with its
// mend, and no output shows a key.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { describe, test } from "node:test";
import { freePort } from "./free_port.mjs";
import { Running, millstream } from "./millstream.mjs";

const KEY = "the key that no output may show";
const ENV = { OPERATOR_KEY: KEY };
const HUB = "https://hub.example";

/** Command lines that are wrong: the arguments, and the sentence. */
const WRONG = {
  "without a URL": [["hubs"], /there is no URL: give that of the deployment, or set MILLSTREAM_URL/],
  "with a word that is no URL": [["hubs", "hub.ndjson"], /the URL must be that of a deployment, such as https:\/\/hub\.example/],
  "with a URL of another kind": [["hubs", "ftp://hub.example"], /the URL must be that of a deployment/],
  "with the key in the place of the URL": [["stats", KEY], /the URL must be that of a deployment.*the key by OPERATOR_KEY/],
  "with two words": [["stats", HUB, KEY], /the URL must be that of a deployment/],
  "with the key in the URL": [["stats", "https://operator:secret-key@hub.example"], /the URL has a key in it: set OPERATOR_KEY/],
  "with the URL of the protocol": [["stats", `${HUB}/hubs/a/.well-known/mercure`], /has the path \/hubs\/a\/.*: give https:\/\/hub\.example alone, and the hub by --hub/],
  "with a hub twice": [["stats", `${HUB}/events`, "--hub", "a"], /the URL has the path \/events, which is one hub of an application: leave out --hub/],
  "with a hub of an impossible name": [["stats", HUB, "--hub", "../metrics"], /--hub is no name of a hub; it has letters, digits, _ and -/],
  "with the key as an option": [["stats", HUB, "--key", KEY], /--key takes - alone: .*an argument would be seen in the list of processes/],
  "with an option that is none": [["drain", HUB, "--witin", "5s"], /no option --witin: did you mean --within\?/],
  "with a value for a flag": [["hubs", HUB, "--json=yes"], /--json takes no value/],
  "that goes on without a file": [["export", HUB, "--continue"], /--continue needs --output/],
  "with the key and a file on one standard input": [["import", HUB, "--key", "-"], /the standard input has the key, so the export needs --input/],
  "that deletes without anybody to ask": [["delete", HUB], /nobody is here to be asked whether the hub default is to be deleted: add --yes/],
};

describe("a command line", () => {
  for (const [title, [args, sentence]] of Object.entries(WRONG)) {
    test(`${title} is an error of one sentence with its mend`, () => {
      const { code, stdout, stderr } = millstream(args, { env: ENV });
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, stderr);
      assert.match(stderr.split("\n")[0], new RegExp(`^millstream: .*${sentence.source}`));
      for (const secret of [KEY, "secret-key"]) assert.ok(!stderr.includes(secret), stderr);
    });
  }

  test("without a key says where one may come from", () => {
    for (const options of [{}, { env: { OPERATOR_KEY: "" } }]) {
      const { code, stderr } = millstream(["hubs", HUB], options);
      assert.deepEqual([code, stderr.split(":")[1]], [1, " there is no operator's key"]);
      assert.match(stderr, /set OPERATOR_KEY in the environment, or give --key - and the key through the standard input/);
    }
    assert.match(millstream(["hubs", HUB], { env: { OPERATOR_KEY: "a\nb" } }).stderr, /key has a character that no header can have/);
  });

  test("has a help for each command, with one option a line and examples", () => {
    for (const command of ["hubs", "stats", "drain", "clear", "delete", "export", "import"]) {
      const { code, stdout } = millstream([command, "--help"]);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: millstream ${command} \\[OPTIONS\\] \\[URL\\]$`, "m"));
      assert.match(stdout, /^ {2}--key - +\S/m);
      const [words] = stdout.split("\nExamples:\n");
      for (const line of words.split("\n")) assert.ok(line.length <= 80, `wider than a terminal: ${line}`);
      assert.match(stdout, new RegExp(`\\nExamples:\\n(?: {2}.*millstream ${command} .*\\n)+$`));
    }
  });
});

describe("a file", () => {
  test("that cannot be read or written is named before anything is asked", () => {
    const sentence = (args) => millstream(args, { env: ENV }).stderr;
    assert.match(sentence(["import", HUB, "--input", "none.ndjson"]), /none\.ndjson cannot be read: there is no such file/);
    assert.match(sentence(["import", HUB, "--input", "/"]), /\/ is a folder; --input names a file/);
    assert.match(sentence(["export", HUB, "--output", "/"]), /\/ is a folder; --output names a file/);
    assert.match(sentence(["export", HUB, "--output", "none/a.ndjson"]), /cannot be written: there is no such folder/);
    assert.match(sentence(["export", HUB, "--output", "a.ndjson", "--continue"]), /there is no a\.ndjson\.part to go on with: leave out --continue/);
  });
});

/** A server that answers each request in this way, until the test ends. */
async function answering(t, listener, server = createServer(listener)) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => (server.closeAllConnections(), server.close()));
  return `127.0.0.1:${server.address().port}`;
}

/** The sentence of a command that cannot reach what it should. */
async function sentenceOf(args, env = ENV) {
  const { code, stdout, stderr } = await new Running(args, { env }).end();
  assert.deepEqual([code, stdout], [1, ""], stderr);
  assert.doesNotMatch(stderr, /^\s+at /m, "a stack");
  return stderr;
}

describe("a deployment that cannot be reached", () => {
  test("is named with the reason", async () => {
    const refused = await sentenceOf(["hubs", `http://127.0.0.1:${await freePort()}`]);
    assert.match(refused, /cannot be reached: nothing listens there; is the URL right, and does the hub run\? \(ECONNREFUSED\)/);
    assert.doesNotMatch(refused, /plain text/);
    const unknown = await sentenceOf(["hubs", "http://hub.invalid"]);
    assert.match(unknown, /^millstream: warning: the key goes to hub\.invalid as plain text; https:\/\/ would hide it\n/);
    assert.match(unknown, /cannot be reached: (there is no such host|the name of the host cannot be looked up)/);
  });

  test("by its certificate says which file mends it", async (t) => {
    const [key, cert] = ["key", "pem"].map((suffix) => readFileSync(new URL(`certificates/RSA.${suffix}`, import.meta.url)));
    const host = await answering(t, undefined, createSecureServer({ key, cert }));
    assert.match(await sentenceOf(["hubs", `https://${host}`]), /its certificate (is signed by nobody known here; NODE_EXTRA_CA_CERTS|has expired|is for another name)/);
  });

  test("since it speaks no TLS there says so", async (t) => {
    const host = await answering(t, (_, response) => response.end());
    assert.match(await sentenceOf(["hubs", `https://${host}`]), /it does not speak TLS there; is it http:\/\/ instead of https:\/\/\?/);
  });

  test("is not followed to another place, which would get the key", async (t) => {
    let asked = 0;
    const other = await answering(t, (_, response) => response.end(`${(asked += 1)}`));
    const host = await answering(t, (_, response) => response.writeHead(308, { location: `http://${other}/hubs` }).end());
    assert.match(await sentenceOf(["hubs", `http://${host}`]), new RegExp(`answered 308: it has moved to http://${other}/hubs; give that URL`));
    assert.equal(asked, 0);
  });

  test("and is something else says so, and shows nothing that a terminal obeys", async (t) => {
    const host = await answering(t, ({ url }, response) => {
      const isWrong = url === "/hubs/wrong/stats";
      response.writeHead(isWrong ? 502 : 200, { "content-type": "text/html" }).end(isWrong ? '{"detail":"\\u001b[2J"}' : "<p>a page");
    });
    assert.match(await sentenceOf(["hubs", `http://${host}`]), /answered 200 with something else than JSON, so it is no millstream, or another version/);
    assert.match(await sentenceOf(["stats", `http://${host}`, "--hub", "wrong"]), /502: \ufffd\[2J; this is no answer of a millstream, so look at the URL/);
    assert.match(await sentenceOf(["export", `http://${host}`]), /the first line is not the header of an export|the export is incomplete/);
  });
});

test("the key may come through the standard input, and the URL by a variable", async (t) => {
  const seen = [];
  const host = await answering(t, ({ headers, url }, response) => {
    seen.push([headers.authorization, url]);
    response.end('{"hubs":[]}');
  });
  const { code, stderr } = await new Running(["hubs", "--key", "-"], { env: { MILLSTREAM_URL: `http://${host}` } }).end(`${KEY}\n`);
  assert.deepEqual([code, stderr, seen], [0, "millstream: no hub keeps an update\n", [[`Bearer ${KEY}`, "/hubs"]]]);
});

test("a file that breaks off while it is sent is no import that is done", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "millstream-import-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "a.ndjson"), "x".repeat(1_000_000));
  const host = await answering(t, (request) => request.once("data", () => request.destroy()));
  const sentence = await sentenceOf(["import", `http://${host}`, "--input", join(folder, "a.ndjson")]);
  assert.match(sentence, /cannot be reached: the connection broke .*; run it again with the same file/);
});
