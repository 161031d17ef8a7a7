// The claims of a token in both dialects of Mercure: src/tokens/claims.rs and src/tokens/access_token.rs read them.
import { UsageError } from "./failure.mjs";

/**
 * @typedef {object} TokenOptions
 * @property {string[]} [publish]
 * @property {string[]} [subscribe]
 * @property {string} [expires]
 * @property {string} [subject]
 * @property {string} [payload]
 * @property {string} [dialect]
 * @property {string} [issuer]
 * @property {string} [audience]
 */

/**
 * @typedef {object} Grants
 * @property {string} typ the type in the token's header
 * @property {import("jose").JWTPayload} claims
 * @property {string[]} notes what the user should know
 */

/** The type of the details that are meant for a hub. */
const DETAIL = "https://mercure.rocks/authorization-detail";

/** The name of this client in tokens of 1.0, and of a subject that has none: RFC 9068 § 2.2. */
const CLIENT = "millstream";

const SECONDS = Object.freeze({ s: 1, m: 60, h: 3_600, d: 86_400 });

/** @param {string} message */
const wrong = (message) => new UsageError(message, "millstream token --help lists the options.\n");

/**
 * What a token grants.
 *
 * @param {TokenOptions} options
 * @param {number} now in milliseconds
 * @returns {Grants}
 */
export function readGrants(options, now) {
  const { publish = [], subscribe = [], dialect = "0" } = options;
  if (dialect !== "0" && dialect !== "1") throw wrong(`--dialect is ${dialect}; it must be 0 (Mercure 0.x) or 1 (Mercure 1.0)`);
  if (publish.length + subscribe.length === 0) {
    throw wrong("the token would grant nothing: say which topics by --publish 'orders/{id}' or --subscribe '*'");
  }
  if ([...publish, ...subscribe].includes("")) throw wrong("a selector is empty; give a topic, or '*' for every topic");
  if (options.payload !== undefined && subscribe.length === 0) {
    throw wrong("--payload is shown beside subscriptions, so it needs --subscribe");
  }
  return dialect === "0" ? ofVersion0(options, now) : ofVersion1(options, now);
}

/** @param {TokenOptions} options @param {number} now @returns {Grants} */
function ofVersion0({ publish, subscribe, payload, subject, expires, issuer, audience }, now) {
  for (const [name, value] of Object.entries({ issuer, audience })) {
    if (value !== undefined) throw wrong(`--${name} is for Mercure 1.0: add --dialect 1, or leave it out`);
  }
  const pattern = [...(publish ?? []), ...(subscribe ?? [])].find((selector) => selector.startsWith("urlpattern:"));
  if (pattern !== undefined) {
    throw wrong(`${pattern} is for Mercure 1.0: add --dialect 1, or write a URI template such as orders/{id}`);
  }
  const value = payload === undefined ? undefined : json(payload);
  const mercure = { ...(publish && { publish }), ...(subscribe && { subscribe }), ...(payload !== undefined && { payload: value }) };
  const exp = expiry(expires, now);
  return { typ: "JWT", claims: { ...(subject !== undefined && { sub: subject }), ...(exp !== undefined && { exp }), mercure }, notes: [] };
}

/** @param {TokenOptions} options @param {number} now @returns {Grants} */
function ofVersion1({ publish, subscribe, payload, subject, expires, issuer, audience }, now) {
  if (issuer === undefined || audience === undefined) {
    const missing = issuer === undefined ? "--issuer, the issuer that the hub trusts" : "--audience, the public URL of the hub";
    throw wrong(`a token of Mercure 1.0 needs ${missing} (${issuer === undefined ? "ISSUERS or MERCURE_TRUSTED_ISSUERS" : "RESOURCE_IDENTIFIER"})`);
  }
  const exp = expiry(expires, now);
  if (exp === undefined) throw wrong("--expires is never, but a token of Mercure 1.0 must end: give a time such as 7d");
  const value = payload === undefined ? undefined : json(payload);
  if (payload !== undefined && (typeof value !== "object" || value === null || Array.isArray(value))) {
    throw wrong('--payload must be a JSON object in Mercure 1.0, such as {"user":"ada"}');
  }
  const details = [
    ...(publish ? [{ type: DETAIL, actions: ["publish"], topics: publish.map(topic) }] : []),
    ...(subscribe ? [{ type: DETAIL, actions: ["subscribe"], topics: subscribe.map(topic), ...(payload !== undefined && { payload: value }) }] : []),
  ];
  const claims = {
    ...{ iss: issuer, aud: audience, exp, iat: Math.floor(now / 1_000) },
    ...{ sub: subject ?? CLIENT, client_id: CLIENT, jti: crypto.randomUUID() },
    authorization_details: details,
  };
  const template = [...(publish ?? []), ...(subscribe ?? [])].find((selector) => selector.includes("{") && !selector.startsWith("urlpattern:"));
  const notes = template === undefined ? [] : [`${template} is one topic in Mercure 1.0, braces and all; a pattern is written urlpattern:/orders/:id`];
  return { typ: "at+jwt", claims, notes };
}

/** @param {string} selector */
function topic(selector) {
  const pattern = /^urlpattern:(.+)$/s.exec(selector)?.[1];
  if (pattern !== undefined) return { match: pattern, match_type: "urlpattern" };
  if (selector === "urlpattern:") throw wrong("urlpattern: has no pattern; write urlpattern:/orders/:id");
  return { match: selector };
}

/**
 * The claim `exp`; nothing for a token that does not end.
 *
 * @param {string | undefined} text
 * @param {number} now in milliseconds
 */
function expiry(text = "1h", now) {
  if (text === "never") return undefined;
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw wrong(`--expires is ${text}; it must be a time such as 30m, 1h or 7d, or never`);
  }
  return Math.floor(now / 1_000) + Number(count) * SECONDS[/** @type {keyof typeof SECONDS} */ (unit)];
}

/** @param {string} text @returns {unknown} */
function json(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(`--payload is not JSON: ${text.slice(0, 80)}; write for example '{"user":"ada"}'`);
  }
}
