// A key that signs, in each form that a hub's key may have: src/tokens/key_set.rs reads the other half.
import { createPrivateKey, createSecretKey } from "node:crypto";
import { Failure } from "./failure.mjs";

/** The algorithms of a hub: src/tokens/algorithm.rs. */
export const ALGORITHMS = Object.freeze(
  ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
);

/** A hub takes no shorter secret, and no shorter RSA key: `src/base/limits/tokens.rs`. */
const MIN_SECRET_BYTES = 32;
const MIN_RSA_BITS = 2_048;

/** The algorithm of a curve, in the names of OpenSSL. */
const CURVES = Object.freeze(new Map([["prime256v1", "ES256"], ["secp384r1", "ES384"], ["secp521r1", "ES512"]]));

/** A path or a URL, which a hub takes for no secret either: src/tokens/lookalike.rs. */
const PLACE = /^(https?:|file:|\.{1,2}\/|~\/|\/(etc|run|var)\/)|^\S+\.(pem|key|json|jwks?|p8|txt)$/i;

/**
 * @typedef {object} SigningKey
 * @property {import("node:crypto").KeyObject} key
 * @property {string} algorithm
 * @property {string | undefined} kid
 * @property {string | undefined} warning
 */

/** @typedef {{ key: import("node:crypto").KeyObject, algorithm?: string, kid?: string }} Parsed */

/**
 * Reads a key: a JWK, a JWK Set, PEM, and anything else as a secret.
 *
 * @param {import("./key_source.mjs").KeyText} source
 * @param {{ algorithm?: string, kid?: string }} options
 * @returns {SigningKey}
 */
export function readSigningKey({ text, name }, options) {
  const parsed = parse({ text, name }, options.kid);
  const fitting = algorithms(parsed.key, name);
  const algorithm = options.algorithm ?? parsed.algorithm ?? fitting[0];
  if (algorithm === undefined || !fitting.includes(algorithm)) {
    throw new Failure(`${algorithm} does not fit the key of ${name}, which is for ${fitting.join(", ")}`);
  }
  const bytes = parsed.key.symmetricKeySize ?? MIN_SECRET_BYTES;
  const least = `${MIN_SECRET_BYTES} or more, as from openssl rand -hex 32, except in development`;
  const warning = `warning: the secret of ${name} has ${bytes} bytes; a hub takes ${least}`;
  return { key: parsed.key, algorithm, kid: options.kid ?? parsed.kid, warning: bytes < MIN_SECRET_BYTES ? warning : undefined };
}

/**
 * @param {import("./key_source.mjs").KeyText} source
 * @param {string | undefined} kid
 * @returns {Parsed}
 */
function parse({ text, name }, kid) {
  const trimmed = text.trim();
  if (trimmed === "") throw new Failure(`the key of ${name} is empty; openssl rand -hex 32 makes one`);
  if (trimmed.startsWith("{") || trimmed.startsWith("[")) return ofJson(json(trimmed, name), name, kid);
  if (trimmed.includes("-----BEGIN ")) return { key: ofPem(trimmed, name) };
  if (/^(ssh-|ecdsa-sha2-|sk-)/.test(trimmed)) throw isPublic(name);
  if (PLACE.test(trimmed)) throw new Failure(`the key of ${name} looks like the place of a key: give the file by --key`);
  return { key: createSecretKey(Buffer.from(text)) };
}

/** @param {string} text @param {string} name @returns {Record<string, unknown>} */
function json(text, name) {
  try {
    const value = JSON.parse(text);
    if (value !== null && !Array.isArray(value)) return value;
  } catch {
    // The parser's own message may hold a part of the key.
  }
  throw new Failure(`the key of ${name} looks like a JWK, but is not one JSON object`);
}

/**
 * @param {Record<string, unknown>} value
 * @param {string} name
 * @param {string | undefined} kid
 * @returns {Parsed}
 */
function ofJson(value, name, kid) {
  if (!Array.isArray(value["keys"])) return ofJwk(value, name);
  const named = value["keys"].filter((jwk) => typeof jwk === "object" && jwk !== null && (kid === undefined || jwk.kid === kid));
  const signs = named.find((jwk) => jwk.kty === "oct" || jwk.d !== undefined);
  if (signs !== undefined) return ofJwk(signs, name);
  if (named.length > 0) throw isPublic(name);
  throw new Failure(`the JWK Set of ${name} has no key${kid === undefined ? "" : ` with the kid ${kid}`}`);
}

/** @param {Record<string, unknown>} jwk @param {string} name @returns {Parsed} */
function ofJwk(jwk, name) {
  const { kty, alg, kid, k, d } = jwk;
  const about = { ...(typeof alg === "string" && { algorithm: alg }), ...(typeof kid === "string" && { kid }) };
  if (kty === "oct" && typeof k === "string" && k !== "") return { key: createSecretKey(Buffer.from(k, "base64url")), ...about };
  if (kty !== "oct" && typeof kty === "string" && d === undefined) throw isPublic(name);
  try {
    return { key: createPrivateKey({ key: /** @type {import("node:crypto").JsonWebKey} */ (jwk), format: "jwk" }), ...about };
  } catch {
    throw new Failure(`the JWK of ${name} is not a secret ("kty": "oct" with "k") or a private key: RFC 7517 and RFC 7518 § 6`);
  }
}

/** @param {string} text @param {string} name */
function ofPem(text, name) {
  const pem = text.replaceAll("\\n", "\n");
  const [block, label] = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----/s.exec(pem) ?? [];
  if (block === undefined) {
    if (/-----BEGIN ([A-Z]+ )?(PUBLIC KEY|CERTIFICATE)-----/.test(pem)) throw isPublic(name);
    throw new Failure(`the key of ${name} looks like PEM, but has no lines -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----`);
  }
  if (label === "ENCRYPTED PRIVATE KEY" || block.includes("ENCRYPTED")) {
    throw new Failure(`the private key of ${name} is encrypted: openssl pkcs8 -topk8 -nocrypt -in FILE writes it without a password`);
  }
  if (label === "OPENSSH PRIVATE KEY") {
    throw new Failure(`the private key of ${name} is in the form of OpenSSH: make one by openssl genpkey -algorithm ed25519`);
  }
  try {
    return createPrivateKey(block);
  } catch {
    throw new Failure(`the private key of ${name} is damaged: what stands between its lines is not a key in base64`);
  }
}

/** @param {string} name */
const isPublic = (name) =>
  new Failure(`the key of ${name} is a public key, which only verifies: give the private key that belongs to it by --key FILE`);

/**
 * The algorithms that a key is for, the usual one first.
 *
 * @param {import("node:crypto").KeyObject} key
 * @param {string} name
 */
function algorithms(key, name) {
  const starting = (/** @type {string[]} */ ...starts) =>
    ALGORITHMS.filter((algorithm) => starts.some((start) => algorithm.startsWith(start)));
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case undefined:
      return starting("HS");
    case "rsa":
      if ((modulusLength ?? 0) >= MIN_RSA_BITS) return starting("RS", "PS");
      throw new Failure(`the RSA key of ${name} has ${modulusLength} bits; it must have ${MIN_RSA_BITS} or more`);
    case "ed25519":
      return starting("Ed");
    case "ec": {
      const algorithm = CURVES.get(namedCurve ?? "");
      if (algorithm !== undefined) return [algorithm];
    }
  }
  const kind = namedCurve ?? key.asymmetricKeyType;
  const right = "P-256, P-384, P-521, Ed25519 and RSA are right";
  throw new Failure(`the key of ${name} is of the kind ${kind}, which a hub does not verify; ${right}`);
}
