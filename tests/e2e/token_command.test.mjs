// `millstream token`: a real hub takes what it makes, of each kind of key and in both dialects.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { post } from "./clients.mjs";
import { blocks, read } from "./documents.mjs";
import { madeToken, millstream } from "./millstream.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { ISSUER, bearer } from "./tokens.mjs";
import { until } from "./until.mjs";

const SECRET = randomBytes(32).toString("hex");
const AUDIENCE = "https://hub.example/.well-known/mercure";
const TOPIC = "https://example.com/orders/1";
const PATTERNS = { "0.x": "https://example.com/orders/{id}", "1.0": "urlpattern:https://example.com/orders/:id" };
const PARAMETERS = { "0.x": "topic", "1.0": "match" };
const ofDialect1 = (audience) => ["--dialect", "1", "--issuer", ISSUER, "--audience", audience];
const VARIABLES = (key) => ({ MERCURE_PUBLISHER_JWT_KEY: key, MERCURE_SUBSCRIBER_JWT_KEY: key });

const oct = (kid, alg) => ({ kty: "oct", k: randomBytes(64).toString("base64url"), kid, alg });
const pairOf = (kind, options) => {
  const { publicKey, privateKey } = generateKeyPairSync(kind, options);
  return { private: privateKey, pem: publicKey.export({ type: "spki", format: "pem" }) };
};
const pem = (key, type = "pkcs8") => key.export({ type, format: "pem" });
const [p256, p384, p521] = ["P-256", "P-384", "P-521"].map((namedCurve) => pairOf("ec", { namedCurve }));
const rsa = pairOf("rsa", { modulusLength: 2_048 });
const ed25519 = pairOf("ed25519");
const jwkWithId = { ...p256.private.export({ format: "jwk" }), kid: "2026" };
const publicJwk = ({ kty, crv, x, y, kid }) => JSON.stringify({ kty, crv, x, y, kid });
const hs512 = oct("one", "HS512");
const set = { keys: [oct("old"), oct("new")] };
const file = (text, ...more) => ({ args: ["--key", "key.txt", ...more], files: { "key.txt": text } });

/** The forms of a key: what the hub has, what the command is given, and the header that the token must have. */
const FORMS = {
  "a secret in the environment": { key: SECRET, given: { args: [], env: VARIABLES(SECRET) }, header: { alg: "HS256" } },
  "a secret in the environment, with a prefix": {
    key: SECRET,
    given: { args: [], env: Object.fromEntries(Object.entries(VARIABLES(SECRET)).map(([name, value]) => [`MILLSTREAM_${name}`, value])) },
    header: { alg: "HS256" },
  },
  "a secret in .dev.vars": {
    key: SECRET,
    given: { args: [], files: { ".dev.vars": `MERCURE_PUBLISHER_JWT_KEY="${SECRET}"\nMERCURE_SUBSCRIBER_JWT_KEY=${SECRET}\n` } },
    header: { alg: "HS256" },
  },
  "a secret in a file with a line break": { key: SECRET, given: file(`${SECRET}\n`), header: { alg: "HS256" } },
  "a secret on the standard input": { key: SECRET, given: { args: ["--key", "-"], input: SECRET }, header: { alg: "HS256" } },
  "a secret with another algorithm": { key: SECRET, alg: "HS384", given: file(SECRET, "--algorithm", "HS384"), header: { alg: "HS384" } },
  "a secret as a JWK": { key: JSON.stringify(hs512), given: file(JSON.stringify(hs512)), header: { alg: "HS512", kid: "one" } },
  "a set of secrets, by name": {
    key: JSON.stringify(set),
    given: file(JSON.stringify(set), "--kid", "new"),
    header: { alg: "HS256", kid: "new" },
  },
  "P-256 in PEM": { key: p256.pem, alg: "ES256", given: file(pem(p256.private)), header: { alg: "ES256" } },
  "P-256 in PEM of SEC 1": { key: p256.pem, alg: "ES256", given: file(pem(p256.private, "sec1")), header: { alg: "ES256" } },
  "P-256 as a JWK": { key: publicJwk(jwkWithId), given: file(JSON.stringify(jwkWithId)), header: { alg: "ES256", kid: "2026" } },
  "P-384 in PEM": { key: p384.pem, alg: "ES384", given: file(pem(p384.private)), header: { alg: "ES384" } },
  "P-521 in PEM": { key: p521.pem, alg: "ES512", given: file(pem(p521.private)), header: { alg: "ES512" } },
  "RSA in PEM": { key: rsa.pem, alg: "RS256", given: file(pem(rsa.private)), header: { alg: "RS256" } },
  "RSA in PEM of PKCS #1": { key: rsa.pem, alg: "RS256", given: file(pem(rsa.private, "pkcs1")), header: { alg: "RS256" } },
  "RSA with PSS": { key: rsa.pem, alg: "PS512", given: file(pem(rsa.private), "--algorithm", "PS512"), header: { alg: "PS512" } },
  "Ed25519 in PEM": { key: ed25519.pem, alg: "EdDSA", given: file(pem(ed25519.private)), header: { alg: "EdDSA" } },
  "Ed25519 in one line with \\n": {
    key: ed25519.pem,
    alg: "EdDSA",
    given: { args: ["--key", "-"], input: pem(ed25519.private).replaceAll("\n", "\\n") },
    header: { alg: "EdDSA" },
  },
};

/** The settings of a hub with this key, which trusts an issuer with it too. */
function settings({ key, alg }, { alg: usual }) {
  const role = { key, algorithms: [alg ?? usual] };
  const algorithms = alg === undefined ? {} : { MERCURE_PUBLISHER_JWT_ALG: alg, MERCURE_SUBSCRIBER_JWT_ALG: alg };
  return { ...VARIABLES(key), ...algorithms, ISSUERS: JSON.stringify([{ issuer: ISSUER, publisher: role, subscriber: role }]) };
}

describe("a hub", () => {
  let server;
  const named = Object.entries(FORMS).map(([title, form], index) => ({ title, form, name: `key-${index}` }));
  before(async () => {
    const HUBS = JSON.stringify(Object.fromEntries(named.map(({ form, name }) => [name, settings(form, form.header)])));
    const vars = { DEVELOPMENT: "", ANONYMOUS_SUBSCRIBE: "", SUBSCRIPTIONS: "true", RESOURCE_IDENTIFIER: AUDIENCE, HUBS };
    server = await Server.start({ kind: "workerd", vars: { ...vars, ...VARIABLES(SECRET) } });
  });
  after(() => server?.stop());

  for (const { title, form, name } of named) {
    for (const [dialect, pattern] of Object.entries(PATTERNS)) {
      test(`takes a token of ${dialect} that is signed by ${title}`, async (t) => {
        const hub = server.hub(name);
        const { args, ...options } = form.given;
        const own = dialect === "1.0" ? [...args, ...ofDialect1(AUDIENCE.replace("/.", `/hubs/${name}/.`))] : args;
        const token = madeToken(["--publish", pattern, "--subscribe", pattern, ...own], options);
        assert.deepEqual(decodeProtectedHeader(token), { typ: dialect === "1.0" ? "at+jwt" : "JWT", ...form.header });
        const headers = bearer(token);
        const stream = await Stream.open(t, withQuery(hub, { [PARAMETERS[dialect]]: TOPIC }), { headers });
        const id = `${dialect}-of-${name}`;
        const published = await post(hub, { topic: TOPIC, data: "x", id, private: "on" }, { headers });
        assert.equal(published.status, 200, await published.text());
        await stream.receivesId(id);
        const other = await post(hub, { topic: "https://example.com/users/1", private: "on" }, { headers });
        assert.equal(other.status, dialect === "1.0" ? 403 : 401);
      });
    }
  }

  test("refuses a token once it has expired", async () => {
    const headers = bearer(madeToken(["--publish", "*", "--expires", "1s"], { env: VARIABLES(SECRET) }));
    let refused;
    await until(async () => {
      const answer = await post(server.hub(), { topic: "a" }, { headers });
      refused = await answer.text();
      return answer.status === 401;
    }, "a refusal");
    assert.match(refused, /the token has expired/);
    const never = bearer(madeToken(["--publish", "*", "--expires", "never"], { env: VARIABLES(SECRET) }));
    assert.equal((await post(server.hub(), { topic: "a" }, { headers: never })).status, 200);
  });

  test("shows the payload beside the subscription", async (t) => {
    const tokenOf = (...args) => bearer(madeToken(["--subscribe", "*", ...args], { env: VARIABLES(SECRET) }));
    await Stream.open(t, withQuery(server.hub(), { topic: "a" }), { headers: tokenOf("--payload", '{"user":"ada"}') });
    const response = await fetch(`${server.hub()}/subscriptions`, { headers: tokenOf() });
    const { subscriptions } = await response.json();
    assert.deepEqual(subscriptions.map(({ payload }) => payload), [{ user: "ada" }]);
  });

  test("takes a token from the standard output as it is", async () => {
    const { code, stdout, stderr } = millstream(["token", "--publish", "*"], { env: VARIABLES(SECRET) });
    assert.equal(code, 0);
    assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    assert.match(stderr, /^millstream: signed with HS256 by the key of MERCURE_PUBLISHER_JWT_KEY, until \d{4}-/);
    assert.equal((await post(server.hub(), { topic: "a" }, { headers: bearer(stdout.trim()) })).status, 200);
  });
});

describe("the claims", () => {
  const claims = (...args) => decodeJwt(madeToken(args, { env: VARIABLES(SECRET) }));

  test("of 0.x are those of the claim mercure", () => {
    const before = Math.floor(Date.now() / 1_000);
    const { exp, ...others } = claims("--publish", "a", "--publish", "b/{c}", "--subscribe", "*", "--subject", "ada", "--payload", "[1]");
    assert.deepEqual(others, { sub: "ada", mercure: { publish: ["a", "b/{c}"], subscribe: ["*"], payload: [1] } });
    assert.ok(exp >= before + 3_600 && exp <= before + 3_660, "an hour");
    assert.deepEqual(claims("--publish", "a", "--expires", "never"), { mercure: { publish: ["a"] } });
  });

  test("of 1.0 are those of an access token", () => {
    const args = [...ofDialect1(AUDIENCE), "--publish", "a", "--subscribe", "urlpattern:/b/:c", "--expires", "7d", "--payload", '{"a":1}'];
    const { exp, iat, jti, ...others } = claims(...args);
    const type = "https://mercure.rocks/authorization-detail";
    assert.equal(exp - iat, 7 * 86_400);
    assert.match(jti, /^[0-9a-f-]{36}$/);
    assert.deepEqual(others, {
      ...{ iss: ISSUER, aud: AUDIENCE, sub: "millstream", client_id: "millstream" },
      authorization_details: [
        { type, actions: ["publish"], topics: [{ match: "a" }] },
        { type, actions: ["subscribe"], topics: [{ match: "/b/:c", match_type: "urlpattern" }], payload: { a: 1 } },
      ],
    });
  });

  test("of both dialects are those that docs/auth.md shows", () => {
    const [shown0, shown1] = blocks(read("docs/auth.md")).filter(({ language }) => language === "json").map(({ text }) => JSON.parse(text));
    const ada = ["--subject", "ada", "--payload", '{"name":"Ada"}'];
    const undated = ({ exp, iat, jti, ...others }) => ({ ...others, dated: [exp, iat, jti].map((claim) => typeof claim) });
    assert.deepEqual(undated(claims("--publish", "orders/{id}", "--subscribe", "orders/{id}", ...ada)), undated(shown0));
    const audience = ["--dialect", "1", "--issuer", shown1.iss, "--audience", shown1.aud];
    const selectors = ["--publish", "orders/1", "--subscribe", "urlpattern:/orders/:id"];
    assert.deepEqual(undated(claims(...audience, ...selectors, ...ada)), undated(shown1));
  });
});
