// Makes tests/data/tokens.json: keys and signed tokens of every algorithm, by an independent library.
//
//   node tools/token_vectors.mjs [--check]
//
// Signatures of PS*, ES* and certificates are random. So existing ones that still verify are kept, and a second run
// changes nothing. `--check` writes nothing, and fails if there is something to write. All keys are for tests alone.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompactSign, compactVerify, exportJWK, exportPKCS8, exportSPKI, generateKeyPair, importJWK, base64url,
} from "jose";

const FILE = new URL("../tests/data/tokens.json", import.meta.url);
const before = (() => {
  try {
    return readFileSync(FILE, "utf8");
  } catch {
    return "";
  }
})();
const known = before ? JSON.parse(before) : { keys: {}, tokens: [] };

/** Seconds since the epoch: the moment at which the tokens are read, and moments around it. */
const NOW = 1_800_000_000;
const HOUR = 3_600;
const ISSUER = "https://issuer.example";
const RESOURCE = "https://hub.example/.well-known/mercure";

/** Each key: its algorithms, and the one that it is made with. */
const KEYS = {
  secret: ["HS256", "HS384", "HS512"],
  rsa: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  p256: ["ES256"],
  p384: ["ES384"],
  p521: ["ES512"],
  ed25519: ["EdDSA"],
};

const keys = {};
for (const name of [...Object.keys(KEYS), ...Object.keys(KEYS).map((name) => `other_${name}`)]) {
  keys[name] = known.keys[name] ?? (await makeKey(name));
}

async function makeKey(name) {
  const kind = name.replace("other_", "");
  if (kind === "secret") {
    const text = name === kind ? "!ChangeThisMercureHubJWTSecretKey!" : "another secret, which nobody signs with";
    return { text, private: { kty: "oct", k: base64url.encode(text) } };
  }
  const [algorithm] = KEYS[kind];
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const key = { text: await exportSPKI(publicKey), jwk: { ...(await exportJWK(publicKey)), kid: name } };
  return { ...key, certificate: certificate(await exportPKCS8(privateKey)), private: await exportJWK(privateKey) };
}

function certificate(pkcs8) {
  const folder = mkdtempSync(join(tmpdir(), "certificate-"));
  try {
    const key = join(folder, "key.pem");
    writeFileSync(key, pkcs8);
    const subject = ["-subj", "/CN=hub.example", "-days", "36500"];
    return execFileSync("openssl", ["req", "-x509", "-new", "-key", key, ...subject], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const detail = (actions, match, more = {}) => ({
  type: "https://mercure.rocks/authorization-detail", actions, topics: [{ match }], ...more,
});
const access = {
  iss: ISSUER, sub: "alice", client_id: "app", aud: [RESOURCE], iat: NOW, exp: NOW + HOUR, jti: "1",
  authorization_details: [detail(["publish"], "*"), detail(["subscribe"], "books", { payload: { user: "alice" } })],
};
const mercure = { mercure: { publish: ["foo", "bar"], subscribe: ["foo", "baz"], payload: { user: "alice" } } };

/** The tokens to sign: name, key, header, claims, and the expected result. */
const cases = [];
for (const [key, algorithms] of Object.entries(KEYS)) {
  for (const alg of algorithms) {
    cases.push({ name: `${alg}`, key, header: { alg, typ: "JWT" }, claims: mercure, expected: "valid" });
    cases.push({ name: `${alg} access token`, key, header: { alg, typ: "at+jwt" }, claims: access, expected: "valid" });
  }
}
const hs = { key: "secret", header: { alg: "HS256", typ: "JWT" } };
cases.push({ ...hs, name: "expired", claims: { ...mercure, exp: NOW }, expected: "expired" });
cases.push({ ...hs, name: "not yet valid", claims: { ...mercure, nbf: NOW + 6 }, expected: "not yet valid" });
cases.push({ ...hs, name: "not yet issued", claims: { ...mercure, iat: NOW + 6 }, expected: "not yet valid" });
cases.push({ ...hs, name: "clock ahead", claims: { ...mercure, nbf: NOW + 5, iat: NOW + 5 }, expected: "valid" });
cases.push({ ...hs, name: "expires later", claims: { ...mercure, exp: NOW + 1, nbf: NOW }, expected: "valid" });
cases.push({ ...hs, name: "namespaced", claims: { "https://mercure.rocks/": mercure.mercure }, expected: "valid" });
for (const [name, change] of Object.entries({
  "wrong issuer": { iss: "https://other.example" },
  "wrong audience": { aud: "https://other.example/.well-known/mercure" },
  "missing audience": { aud: undefined },
  "missing expiry": { exp: undefined },
})) {
  const header = { alg: "HS256", typ: "at+jwt" };
  cases.push({ key: "secret", name, header, claims: { ...access, ...change }, expected: name });
}

const tokens = [];
for (const { name, key, header, claims, expected } of cases) {
  const payload = new TextEncoder().encode(JSON.stringify(claims));
  const earlier = known.tokens.find((token) => token.name === name)?.token;
  const token = (await isSame(earlier, key, header, payload)) ? earlier : await sign(key, header, payload);
  tokens.push({ name, key, expected, token });
}

async function sign(key, header, payload) {
  return new CompactSign(payload).setProtectedHeader(header).sign(await importJWK(keys[key].private, header.alg));
}

async function isSame(token, key, header, payload) {
  if (!token) return false;
  const { jwk, private: secret } = keys[key];
  try {
    const verified = await compactVerify(token, await importJWK(jwk ?? secret, header.alg));
    const same = (one, other) => Buffer.from(one).equals(Buffer.from(other));
    return same(verified.payload, payload) && JSON.stringify(verified.protectedHeader) === JSON.stringify(header);
  } catch {
    return false;
  }
}

// No library signs these tokens, so they are put together from signed ones.
const encode = (value) => base64url.encode(JSON.stringify(value));
const everything = { publish: ["*"], subscribe: ["*"] };
const forgeries = {
  JWT: encode({ mercure: everything }),
  "at+jwt": encode({ ...access, authorization_details: [detail(["publish", "subscribe"], "*")] }),
};
for (const { name, key, token } of tokens.filter(({ expected }) => expected === "valid")) {
  const [header, payload, signature] = token.split(".");
  const forged = forgeries[JSON.parse(new TextDecoder().decode(base64url.decode(header))).typ];
  const bytes = base64url.decode(signature);
  bytes[bytes.length >> 1] ^= 1;
  const bad = (what, token, by = key) =>
    tokens.push({ name: `${name}, ${what}`, key: by, expected: "bad signature", token });
  bad("other payload", `${header}.${forged}.${signature}`);
  bad("other signature", `${header}.${payload}.${base64url.encode(bytes)}`);
  bad("no signature", `${header}.${payload}.`);
  bad("other key", token, `other_${key}`);
}
for (const alg of ["none", "None", "NONE"]) {
  tokens.push({ name: `alg ${alg}`, key: "secret", expected: "malformed", token: `${encode({ alg })}.${encode(mercure)}.` });
}
// The confusion attack: the public key, as its PEM text, is the secret of an HMAC.
const confused = await new CompactSign(new TextEncoder().encode(JSON.stringify(mercure)))
  .setProtectedHeader({ alg: "HS256" })
  .sign(new TextEncoder().encode(keys.rsa.text));
tokens.push({ name: "HS256 with the RSA key as the secret", key: "rsa", expected: "algorithm", token: confused });
const { token } = tokens.find(({ name }) => name === "RS256");
tokens.push({ name: "RS256 for a secret", key: "secret", expected: "algorithm", token });
const es256 = tokens.find(({ name }) => name === "ES256").token;
tokens.push({ name: "ES256 for P-384", key: "p384", expected: "algorithm", token: es256 });

const after = `${JSON.stringify({ now: NOW, issuer: ISSUER, resource: RESOURCE, keys, tokens }, null, 1)}\n`;
if (after === before) {
  console.log(`${tokens.length} tokens, nothing to change`);
} else if (process.argv.includes("--check")) {
  console.error("tests/data/tokens.json is not what this script makes");
  process.exitCode = 1;
} else {
  writeFileSync(FILE, after);
  console.log(`${tokens.length} tokens written`);
}
