// Keys as operators have them in files: PEM public keys and PEM certificates, which openssl made.
import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { withQuery } from "./stream.mjs";
import { DIALECTS, bearer, keyPair, tampered } from "./tokens.mjs";

/** The kinds of keys, each in two files of tests/e2e/certificates, and the algorithm of their signatures. */
const KINDS = { RSA: "RS256", ECDSA: "ES256" };

/** A private key, which is for these tests alone, and what a hub may be given to verify its signatures. */
function made(kind) {
  const [key, certificate] = ["key", "pem"].map((suffix) =>
    readFileSync(new URL(`certificates/${kind}.${suffix}`, import.meta.url), "utf8"),
  );
  const publicKey = createPublicKey(certificate).export({ type: "spki", format: "pem" });
  return { private: createPrivateKey(key), texts: { certificate, "public key": publicKey } };
}

for (const [dialect, { vars, token, parameter }] of Object.entries(DIALECTS)) {
  describe(`in ${dialect}`, { concurrency: true }, () => {
    for (const [kind, alg] of Object.entries(KINDS)) {
      for (const form of ["certificate", "public key"]) {
        test(`tokens are verified by an ${kind} ${form} in PEM, and by nothing else`, async (t) => {
          const { private: key, texts } = made(kind);
          const keys = vars({ key: texts[form], algorithms: [alg] });
          const server = await Server.start({ kind: "workerd", vars: { ...keys, ANONYMOUS_SUBSCRIBE: "" } });
          t.after(() => server.stop());
          const hub = server.hub();
          const statuses = async (text) => {
            const headers = bearer(text);
            const subscribed = await fetch(withQuery(hub, { [parameter]: "a" }), { method: "HEAD", headers });
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
