// Tokens of both dialects, signed with HS256 by Node itself.
import { createHmac, randomUUID } from "node:crypto";

const KEY = "a secret of the tests, longer than thirty-two bytes";
const ISSUER = "https://issuer.example";

/** The variables of a hub that takes these tokens and lets everybody subscribe to what is public. */
export const TRUSTING = {
  ANONYMOUS_SUBSCRIBE: "true",
  MERCURE_PUBLISHER_JWT_KEY: KEY,
  MERCURE_SUBSCRIBER_JWT_KEY: KEY,
  ISSUERS: JSON.stringify([{ issuer: ISSUER, subscriber: { key: KEY, algorithms: ["HS256"] } }]),
};

/** A token of 0.x that grants to subscribe to the selectors `subscribe`. */
export function tokenOf0x(subscribe, payload) {
  return sign({ typ: "JWT" }, { mercure: { subscribe, payload } });
}

/** A token of 0.x that grants to publish everything. */
export const publisher0x = () => sign({ typ: "JWT" }, { mercure: { publish: ["*"] } });

/** A token of 1.0 for the hub at `aud`, with one detail for each of `details`: `{ topics, payload }`. */
export function tokenOf1(aud, details) {
  const now = Math.floor(Date.now() / 1000);
  const authorization_details = details.map((detail) => ({
    type: "https://mercure.rocks/authorization-detail",
    actions: ["subscribe"],
    ...detail,
  }));
  const claims = { iss: ISSUER, aud, exp: now + 600, iat: now, sub: "s", client_id: "c", jti: randomUUID() };
  return sign({ typ: "at+jwt" }, { ...claims, authorization_details });
}

function sign(header, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", ...header })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", KEY).update(signed).digest("base64url")}`;
}
