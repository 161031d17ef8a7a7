// Keys as operators have them in files: PEM public keys and PEM certificates, which openssl made.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { ISSUER, bearer, detail, keyPair, tampered, token0, token1 } from "./tokens.mjs";

/** What openssl makes a key of each kind from, and the algorithm of its signatures. */
const KINDS = {
  RSA: { alg: "RS256", options: ["-newkey", "rsa:2048"] },
  ECDSA: { alg: "ES256", options: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] },
};

let folder;
const made = {};
before(() => {
  folder = mkdtempSync(join(tmpdir(), "millstream-pem-"));
  for (const [kind, { options }] of Object.entries(KINDS)) {
    const [key, certificate] = [join(folder, `${kind}.key`), join(folder, `${kind}.pem`)];
    const files = ["-keyout", key, "-out", certificate];
    execFileSync("openssl", ["req", "-x509", "-nodes", "-subj", "/CN=millstream", ...options, ...files], { stdio: "pipe" });
    const publicKey = execFileSync("openssl", ["x509", "-in", certificate, "-noout", "-pubkey"], { encoding: "utf8" });
    const texts = { certificate: readFileSync(certificate, "utf8"), "public key": publicKey };
    made[kind] = { private: createPrivateKey(readFileSync(key)), texts };
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

const DIALECTS = {
  "0.x": {
    vars: (key, alg) => ({
      MERCURE_PUBLISHER_JWT_KEY: key,
      MERCURE_PUBLISHER_JWT_ALG: alg,
      MERCURE_SUBSCRIBER_JWT_KEY: key,
      MERCURE_SUBSCRIBER_JWT_ALG: alg,
    }),
    token: (_, options) => token0({ publish: ["*"], subscribe: ["*"] }, options),
    query: { topic: "a" },
  },
  "1.0": {
    vars: (key, alg) => {
      const role = { key, algorithms: [alg] };
      return { ISSUERS: JSON.stringify([{ issuer: ISSUER, publisher: role, subscriber: role }]) };
    },
    token: (hub, options) => token1(hub, [detail(["publish", "subscribe"], ["*"])], options),
    query: { match: "a" },
  },
};

for (const [dialect, { vars, token, query }] of Object.entries(DIALECTS)) {
  describe(`in ${dialect}`, { concurrency: true }, () => {
    for (const [kind, { alg }] of Object.entries(KINDS)) {
      for (const form of ["certificate", "public key"]) {
        test(`tokens are verified by an ${kind} ${form} in PEM, and by nothing else`, async (t) => {
          const { private: key, texts } = made[kind];
          const server = await Server.start({ kind: "workerd", vars: { ...vars(texts[form], alg), ANONYMOUS_SUBSCRIBE: "" } });
          t.after(() => server.stop());
          const hub = server.hub();
          const statuses = async (text) => {
            const headers = bearer(text);
            const subscribed = await fetch(withQuery(hub, query), { method: "HEAD", headers });
            return [(await post(hub, { topic: "a" }, { headers })).status, subscribed.status];
          };
          const good = await token(hub, { alg, key });
          assert.deepEqual(await statuses(good), [200, 200]);
          assert.deepEqual(await statuses(tampered(good)), [401, 401]);
          assert.deepEqual(await statuses(await token(hub, { alg, key: (await keyPair(alg)).private })), [401, 401]);
          assert.deepEqual(await statuses(await token(hub, { alg: "HS256", key: texts[form] })), [401, 401]);
        });
      }
    }
  });
}
