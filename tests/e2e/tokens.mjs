// Tokens of both dialects, made by npm's jose and not by the hub's own code.
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from "jose";

/** The development key of the reference hub. */
export const DEVELOPMENT_KEY = "!ChangeThisMercureHubJWTSecretKey!";

/** The type of the authorization details of 1.0. */
export const DETAIL = "https://mercure.rocks/authorization-detail";

/** The issuer of the tests' access tokens. */
export const ISSUER = "https://issuer.example";

/** The key of one role of an issuer. It verifies the tokens below that name no other key. */
export const SECRET = { key: DEVELOPMENT_KEY, algorithms: ["HS256"] };

/** The variable `ISSUERS` with one issuer of these keys. */
export const issuers = (publisher = SECRET, subscriber = publisher, members = {}) =>
  JSON.stringify([{ issuer: ISSUER, ...members, publisher, subscriber }]);

/** The variables of a hub of 0.x that takes the tokens below. */
export const KEYS_0 = { MERCURE_PUBLISHER_JWT_KEY: DEVELOPMENT_KEY, MERCURE_SUBSCRIBER_JWT_KEY: DEVELOPMENT_KEY };

/** The variables of a hub that takes the tokens below, of both dialects. */
export const KEYS = { ...KEYS_0, ISSUERS: issuers() };

const bytes = (secret) => new TextEncoder().encode(secret);

/** Seconds since 1970, `seconds` from now. */
export const inSeconds = (seconds) => Math.floor(Date.now() / 1_000) + seconds;

/** Signs `claims` as they are; `key` is a secret or a private key. */
export function sign(claims, { alg = "HS256", key = DEVELOPMENT_KEY, typ = "JWT", ...header } = {}) {
  const signer = new SignJWT(claims).setProtectedHeader({ alg, ...(typ === null ? {} : { typ }), ...header });
  return signer.sign(typeof key === "string" ? bytes(key) : key);
}

/** A token of 0.x with the claim `mercure`. */
export const token0 = (mercure, options) => sign({ mercure }, options);

/** A detail of a token of 1.0. A topic may be its text alone. */
export function detail(actions, topics, members = {}) {
  const matchers = topics.map((topic) => (typeof topic === "string" ? { match: topic } : topic));
  return { type: DETAIL, actions, topics: matchers, ...members };
}

/** A URL pattern in a detail. */
export const pattern = (match) => ({ match, match_type: "urlpattern" });

/** The claims of an access token for the hub at `aud`, RFC 9068 § 2.2; `undefined` in `claims` removes a claim. */
export function accessClaims(aud, details, claims = {}) {
  return {
    ...{ iss: ISSUER, aud: String(aud), exp: inSeconds(600), iat: inSeconds(0) },
    ...{ sub: "user", client_id: "client", jti: crypto.randomUUID() },
    ...(details === undefined ? {} : { authorization_details: details }),
    ...claims,
  };
}

/** A token of 1.0. */
export function token1(aud, details, { claims, ...options } = {}) {
  return sign(accessClaims(aud, details, claims), { typ: "at+jwt", ...options });
}

/**
 * The same in each dialect: the parameter for a topic, the variables of a hub with the keys of `role`, and a token that
 * grants everything.
 */
export const DIALECTS = {
  "0.x": {
    parameter: "topic",
    vars: ({ key, jwks_uri, algorithms }) => {
      const of = { JWT_KEY: key, JWKS_URL: jwks_uri, JWT_ALG: algorithms.join(" ") };
      const set = Object.entries(of).filter(([, value]) => value !== undefined);
      const named = (role) => set.map(([name, value]) => [`MERCURE_${role}_${name}`, value]);
      return Object.fromEntries([...named("PUBLISHER"), ...named("SUBSCRIBER")]);
    },
    token: (_, { payload, ...options } = {}) => token0({ publish: ["*"], subscribe: ["*"], payload }, options),
  },
  "1.0": {
    parameter: "match",
    vars: (role) => ({ ISSUERS: issuers(role) }),
    token: (hub, { payload, ...options } = {}) =>
      token1(hub, [detail(["publish", "subscribe"], ["*"], { payload })], options),
  },
};

/** A token with the algorithm `none`, without a signature, RFC 7515 § A.5. */
export function unsigned(claims, typ = "JWT") {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ })}.${part(claims)}.`;
}

/** The same token with another signature. */
export function tampered(token) {
  const [header, payload, signature] = token.split(".");
  return [header, payload, `${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`].join(".");
}

/** A pair of keys: `private` signs; `pem` and `jwk` are the public key. */
export async function keyPair(alg) {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { private: privateKey, pem: await exportSPKI(publicKey), jwk: { ...(await exportJWK(publicKey)), alg } };
}

/** The `Authorization` header of a token. */
export const bearer = (token) => ({ authorization: `Bearer ${token}` });
