// `millstream`: what is wrong is named with its mend, and no output shows a key.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { millstream } from "./millstream.mjs";
import { ISSUER } from "./tokens.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SECRET = randomBytes(32).toString("hex");
const VARIABLES = (key) => ({ MERCURE_PUBLISHER_JWT_KEY: key, MERCURE_SUBSCRIBER_JWT_KEY: key });
const DIALECT_1 = ["--dialect", "1", "--issuer", ISSUER, "--audience", "https://hub.example/.well-known/mercure"];
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (key) => key.export({ type: key.type === "public" ? "spki" : "pkcs8", format: "pem" });
const jwk = (key) => key.export({ format: "jwk" });
const set = { keys: ["old", "new"].map((kid) => ({ kty: "oct", k: randomBytes(32).toString("base64url"), kid })) };
const withKey = (text, ...args) => ({ args: ["--publish", "a", "--key", "key.pem", ...args], files: { "key.pem": text } });
const secretAs = (env) => ({ args: ["--publish", "a", "--subscribe", "a"], env });
const small = generateKeyPairSync("rsa", { modulusLength: 1_024 }).privateKey;
const encrypted = p256.privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
const openSsh = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n-----END OPENSSH PRIVATE KEY-----\n";

/** What is wrong: the arguments, the exit code, and the sentence. */
const WRONG = {
  "that grants nothing": [{ args: [] }, 2, /would grant nothing: say which topics by --publish/],
  "with an empty selector": [{ args: ["--publish", ""] }, 2, /a selector is empty/],
  "with a time that is none": [withKey(SECRET, "--expires", "soon"), 2, /--expires is soon; it must be a time such as 30m/],
  "with a dialect that is none": [withKey(SECRET, "--dialect", "2"), 2, /--dialect is 2; it must be 0/],
  "with a payload that is no JSON": [withKey(SECRET, "--subscribe", "a", "--payload", "{"), 2, /--payload is not JSON/],
  "with a payload and no subscription": [withKey(SECRET, "--payload", "{}"), 2, /--payload .* needs --subscribe/],
  "with an algorithm that is none": [withKey(SECRET, "--algorithm", "none"), 2, /--algorithm is none; it must be one of HS256/],
  "with an algorithm that does not fit": [withKey(pem(p256.privateKey), "--algorithm", "RS256"), 1, /RS256 does not fit .*, which is for ES256/],
  "with a URL pattern in 0.x": [{ args: ["--publish", "urlpattern:/a"] }, 2, /is for Mercure 1.0: add --dialect 1/],
  "with an issuer in 0.x": [withKey(SECRET, "--issuer", "a"), 2, /--issuer is for Mercure 1.0/],
  "of 1.0 with a URL pattern that is empty": [withKey(SECRET, ...DIALECT_1, "--publish", "urlpattern:"), 2, /urlpattern: has no pattern/],
  "that no hub would read": [withKey(SECRET, "--publish", "x".repeat(50_000)), 1, /the token has \d{5} bytes, and a hub reads 65536/],
  "of 1.0 without an issuer": [withKey(SECRET, "--dialect", "1"), 2, /needs --issuer/],
  "of 1.0 without an audience": [withKey(SECRET, "--dialect", "1", "--issuer", ISSUER), 2, /needs --audience/],
  "of 1.0 without an end": [withKey(SECRET, ...DIALECT_1, "--expires", "never"), 2, /a token of Mercure 1.0 must end/],
  "of 1.0 with a payload that is no object": [
    withKey(SECRET, ...DIALECT_1, "--subscribe", "a", "--payload", "[]"),
    2,
    /--payload must be a JSON object/,
  ],
  "with an option that is none": [{ args: ["--publsh", "a"] }, 2, /no option --publsh: did you mean --publish\?/],
  "with an option without its value": [{ args: ["--publish"] }, 2, /--publish needs a value/],
  "with a word too much": [{ args: [SECRET] }, 2, /a word belongs to no option/],
  "without a key": [{ args: ["--publish", "a"] }, 1, /no key: set MERCURE_PUBLISHER_JWT_KEY .* or give --key FILE/],
  "with one key for two roles": [secretAs({ MERCURE_PUBLISHER_JWT_KEY: SECRET }), 1, /no key: set MERCURE_SUBSCRIBER_JWT_KEY/],
  "with two keys for two roles": [
    secretAs({ ...VARIABLES(SECRET), MERCURE_SUBSCRIBER_JWT_KEY: `${SECRET}2` }),
    1,
    /MERCURE_PUBLISHER_JWT_KEY and MERCURE_SUBSCRIBER_JWT_KEY differ: make two tokens/,
  ],
  "with two keys for one role": [
    secretAs({ ...VARIABLES(SECRET), MILLSTREAM_MERCURE_PUBLISHER_JWT_KEY: "other" }),
    1,
    /MILLSTREAM_MERCURE_PUBLISHER_JWT_KEY are both set in the environment, and differ/,
  ],
  "with a file that is not there": [{ args: ["--publish", "a", "--key", "./none.pem"] }, 1, /the file \.\/none\.pem cannot be read: there is no such file/],
  "with a folder as its key": [{ args: ["--publish", "a", "--key", "/"] }, 1, /the file \/ cannot be read: it is a folder/],
  "with the secret itself in the place of the file": [
    { args: ["--publish", "a", "--key", SECRET] },
    1,
    /the file of --key cannot be read: .*a secret itself is given by --key -/,
  ],
  "with an endless file": [{ args: ["--publish", "a", "--key", "/dev/zero"] }, 1, /more than 65536 bytes/],
  "with a file that is no text": [withKey(Buffer.from([0xff, 0xfe])), 1, /is not text in UTF-8/],
  "with an empty key": [withKey("\n"), 1, /is empty; openssl rand -hex 32 makes one/],
  "with a public key": [withKey(pem(p256.publicKey)), 1, /is a public key, which only verifies: give the private key/],
  "with a public key as a JWK": [withKey(JSON.stringify(jwk(p256.publicKey))), 1, /is a public key/],
  "with a public key of OpenSSH": [withKey("ssh-ed25519 AAAA"), 1, /is a public key/],
  "with a set of public keys": [withKey(`{"keys":[${JSON.stringify(jwk(p256.publicKey))}]}`), 1, /is a public key/],
  "with a name that is not in the set": [withKey(JSON.stringify(set), "--kid", "none"), 1, /has no key with the kid none/],
  "with a private key under a password": [withKey(encrypted), 1, /is encrypted: openssl pkcs8 -topk8 -nocrypt/],
  "with a private key of OpenSSH": [withKey(openSsh), 1, /is in the form of OpenSSH/],
  "with a damaged private key": [withKey(pem(p256.privateKey).replace("MIG", "AAA")), 1, /is damaged/],
  "with PEM of something else": [withKey("-----BEGIN DH PARAMETERS-----\n-----END DH PARAMETERS-----"), 1, /looks like PEM/],
  "with a JWK that is cut off": [withKey(JSON.stringify(jwk(p256.privateKey)).slice(0, -9)), 1, /looks like a JWK, but is not one JSON object/],
  "with a JWK without its parts": [withKey('{"kty":"oct"}'), 1, /is not a secret \("kty": "oct" with "k"\) or a private key/],
  "with the path of a key as the key": [withKey("./private.pem"), 1, /looks like the place of a key/],
  "with an RSA key that is too short": [withKey(pem(small)), 1, /has 1024 bits; it must have 2048 or more/],
  "with a key of another curve": [
    withKey(pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey)),
    1,
    /is of the kind secp256k1, which a hub does not verify/,
  ],
};
/** What no output may hold. */
const SECRETS = [SECRET, jwk(p256.privateKey).d, ...set.keys.map(({ k }) => k)];

describe("a token", () => {
  for (const [title, [{ args, ...options }, code, sentence]] of Object.entries(WRONG)) {
    test(`${title} is an error of one sentence, which names the mend and shows no key`, () => {
      const run = millstream(["token", ...args], options);
      assert.deepEqual({ code: run.code, stdout: run.stdout }, { code, stdout: "" }, run.stderr);
      assert.match(run.stderr.split("\n")[0], new RegExp(`^millstream: .*${sentence.source}`));
      assert.doesNotMatch(run.stderr, /^\s+at /m, "a stack");
      for (const secret of SECRETS) assert.ok(!run.stderr.includes(secret), "the key is shown");
    });
  }

  test("of a short secret is made with a warning", () => {
    const { code, stdout, stderr } = millstream(["token", "--publish", "a", "--key", "-"], { input: "short" });
    assert.deepEqual([code, stdout.split(".").length], [0, 3]);
    assert.match(stderr, /^millstream: warning: the secret of the standard input has 5 bytes; a hub takes 32 or more/);
  });

  test("of 1.0 with braces is made with a note, as they are a part of the topic there", () => {
    const { stderr } = millstream(["token", ...DIALECT_1, "--publish", "a/{b}"], { env: VARIABLES(SECRET) });
    assert.match(stderr, /^millstream: a\/\{b\} is one topic in Mercure 1.0, braces and all/);
  });
});

describe("the command line", () => {
  test("has a help with one command a line, which is printed without an error", () => {
    for (const args of [["--help"], ["-h"]]) {
      const { code, stdout, stderr } = millstream(args);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      const commands = /\nCommands:\n((?: {2}.*\n)+)/.exec(stdout)[1].trimEnd().split("\n");
      for (const line of commands) assert.match(line, /^ {2}[a-z]+ +\S/);
      assert.ok(commands.some((line) => line.startsWith("  token ")));
      assert.match(stdout, /\nExamples:\n {2}millstream /);
    }
  });

  test("has a help for token with one option a line and examples", () => {
    const { code, stdout } = millstream(["token", "--help"]);
    assert.equal(code, 0);
    for (const option of ["publish", "subscribe", "expires", "key", "dialect"]) {
      assert.equal(stdout.match(new RegExp(`^ {2}--${option} [A-Z0-9|]+ +\\S`, "gm"))?.length, 1, option);
    }
    assert.match(stdout, /\nExamples:\n(?: {2}.*millstream token .*\n){4,}$/);
  });

  test("names the command that was meant", () => {
    const { code, stdout, stderr } = millstream(["tokens"]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /^millstream: there is no command tokens: did you mean token\?\n/);
    assert.match(millstream(["fly"]).stderr, /^millstream: there is no command fly\n/);
    const secret = millstream([SECRET]);
    assert.equal(secret.code, 2);
    assert.ok(!secret.stderr.includes(SECRET), "a key in the wrong place is shown");
    const none = millstream([]);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /^millstream: there is no command\n[^]*\nCommands:\n/);
  });

  test("tells the version of the package, also when it is run by a link as npx does", (t) => {
    const folder = mkdtempSync(join(tmpdir(), "millstream-package-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(join(ROOT, "npm/cli"), join(folder, "npm/cli"), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "package.json"), '{"name":"millstream","version":"1.2.3"}');
    symlinkSync(join(folder, "npm/cli/millstream.mjs"), join(folder, "millstream"));
    for (const option of ["--version", "-V"]) {
      assert.equal(execFileSync(join(folder, "millstream"), [option], { encoding: "utf8" }), "1.2.3\n");
    }
  });
});
