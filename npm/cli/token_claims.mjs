// The claims of a token in both dialects of Mercure: src/tokens/claims.rs and src/tokens/access_token.rs read them.
import { helpOf } from "./command.mjs";
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

/** How a URL pattern begins on the command line. */
const PATTERN = "urlpattern:";

/** The name of this client in tokens of 1.0, and of a subject that has none: RFC 9068 § 2.2. */
const CLIENT = "millstream";

const SECONDS = Object.freeze({ s: 1, m: 60, h: 3_600, d: 86_400 });

/** @param {string} message */
const wrong = (message) => new UsageError(message, helpOf("token"));

/**
 * What a token grants.
 *
 * @param {TokenOptions} options
 * @param {number} now in milliseconds
 * @returns {Grants}
 */
export function readGrants(options, now) {
  const { publish = [], subscribe = [], dialect = "0" } = options;
  const selectors = [...publish, ...subscribe];
  if (dialect !== "0" && dialect !== "1") throw wrong(`--dialect is ${dialect}; it must be 0 (Mercure 0.x) or 1 (Mercure 1.0)`);
  if (selectors.length === 0) {
    throw wrong("the token would grant nothing: say which topics by --publish 'orders/{id}' or --subscribe '*'");
  }
  if (selectors.includes("")) throw wrong("a selector is empty; give a topic, or '*' for every topic");
  if (options.payload !== undefined && subscribe.length === 0) {
    throw wrong("--payload is shown beside subscriptions, so it needs --subscribe");
  }
  const payload = options.payload === undefined ? {} : { payload: json(options.payload) };
  const asked = { publish, subscribe, selectors, payload, exp: expiry(options.expires, now) };
  return dialect === "0" ? ofVersion0(asked, options) : ofVersion1(asked, options, now);
}

/**
 * The options of both dialects, as they are read. The payload is an object with the member `payload`, or without it.
 *
 * @typedef {object} Asked
 * @property {string[]} publish
 * @property {string[]} subscribe
 * @property {string[]} selectors both
 * @property {{ payload?: unknown }} payload
 * @property {number | undefined} exp
 */

/** @param {Asked} asked @param {TokenOptions} options @returns {Grants} */
function ofVersion0({ publish, subscribe, selectors, payload, exp }, { subject, issuer, audience }) {
  for (const [name, value] of Object.entries({ issuer, audience })) {
    if (value !== undefined) throw wrong(`--${name} is for Mercure 1.0: add --dialect 1, or leave it out`);
  }
  const pattern = selectors.find((selector) => selector.startsWith(PATTERN));
  if (pattern !== undefined) {
    throw wrong(`${pattern} is for Mercure 1.0: add --dialect 1, or write a URI template such as orders/{id}`);
  }
  const mercure = { ...(publish.length > 0 && { publish }), ...(subscribe.length > 0 && { subscribe }), ...payload };
  const claims = { ...(subject !== undefined && { sub: subject }), ...(exp !== undefined && { exp }), mercure };
  return { typ: "JWT", claims, notes: [] };
}

/** @param {Asked} asked @param {TokenOptions} options @param {number} now @returns {Grants} */
function ofVersion1({ publish, subscribe, selectors, payload, exp }, { subject, issuer, audience }, now) {
  if (issuer === undefined || audience === undefined) {
    const missing = issuer === undefined
      ? "--issuer, an issuer that the hub trusts (ISSUERS or MERCURE_TRUSTED_ISSUERS)"
      : "--audience, the public URL of the hub (RESOURCE_IDENTIFIER)";
    throw wrong(`a token of Mercure 1.0 needs ${missing}`);
  }
  if (exp === undefined) throw wrong("--expires is never, but a token of Mercure 1.0 must end: give a time such as 7d");
  if ("payload" in payload && Object.prototype.toString.call(payload.payload) !== "[object Object]") {
    throw wrong('--payload must be a JSON object in Mercure 1.0, such as {"user":"ada"}');
  }
  const ofPublisher = { type: DETAIL, actions: ["publish"], topics: publish.map(topic) };
  const ofSubscriber = { type: DETAIL, actions: ["subscribe"], topics: subscribe.map(topic), ...payload };
  const claims = {
    ...{ iss: issuer, aud: audience, exp, iat: Math.floor(now / 1_000) },
    ...{ sub: subject ?? CLIENT, client_id: CLIENT, jti: crypto.randomUUID() },
    authorization_details: [ofPublisher, ofSubscriber].filter(({ topics }) => topics.length > 0),
  };
  const template = selectors.find((selector) => selector.includes("{") && !selector.startsWith(PATTERN));
  const note = `${template} is one topic in Mercure 1.0, braces and all; a pattern is written ${PATTERN}/orders/:id`;
  return { typ: "at+jwt", claims, notes: template === undefined ? [] : [note] };
}

/** @param {string} selector */
function topic(selector) {
  if (!selector.startsWith(PATTERN)) return { match: selector };
  if (selector === PATTERN) throw wrong(`${PATTERN} has no pattern; write ${PATTERN}/orders/:id`);
  return { match: selector.slice(PATTERN.length), match_type: "urlpattern" };
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
