// Hubs of the dialect 1.0 for the tests named mercure_1_0_…, with tokens, publications and subscriptions.
import assert from "node:assert/strict";
import { post } from "./clients.mjs";
import { Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { bearer, detail, issuers as issuersOf, token1 } from "./tokens.mjs";

export const FORM = "application/x-www-form-urlencoded";
/** The origin that the open server lists, for reading and for publishing with the cookie. */
export const LISTED = "https://app.example";
export const EXAMPLE = "https://example.com";
/** The name of the cookie, unless `COOKIE_NAME` sets another. */
export const COOKIE = "__Secure-mercure_access_token";
/** The grant of everything. */
export const EVERYTHING = detail(["publish", "subscribe"], ["*"]);

/** The variable `ISSUERS` with one issuer of these keys, which the metadata of the hub name. */
export const issuers = (publisher, subscriber) => issuersOf(publisher, subscriber, { authorization_server: true });

/** A server at which everybody may subscribe. */
export function startOpen() {
  const origins = { PUBLISH_ORIGINS: `${LISTED} https://*.wild.example`, CORS_ORIGINS: LISTED };
  return Server.start({ kind: "workerd", vars: { ...origins, ISSUERS: issuers(), HEARTBEAT: "2s" } });
}

/** A server at which nobody is anonymous, with a cookie of another name. */
export function startClosed() {
  return Server.start({ kind: "workerd", vars: { ISSUERS: issuers(), ANONYMOUS_SUBSCRIBE: "", COOKIE_NAME: "session" } });
}

/** A function that returns a hub of `server()` that no test has used. */
export function freshHubs(server) {
  let count = 0;
  return () => server().hub(`v1-${(count += 1)}`);
}

/** The `Authorization` header of a token of 1.0 for `hub`. */
export const granted = async (hub, details, options) => bearer(await token1(hub, details, options));

/** Publishes with a token for everything, and returns the id. */
export async function publish(hub, fields) {
  const response = await post(hub, fields, { headers: await granted(hub, [EVERYTHING]) });
  const body = await response.text();
  assert.equal(response.status, 200, body);
  return body;
}

/** Opens a subscription with these parameters. */
export const subscribe = (t, hub, query, headers = {}) => Stream.open(t, withQuery(hub, query), { headers });

/** The challenge that names the hub's metadata. */
function challenge(hub, error) {
  const { origin, pathname } = new URL(hub);
  const metadata = `resource_metadata="${origin}/.well-known/oauth-protected-resource${pathname}"`;
  return `Bearer ${error === undefined ? "" : `error="${error}", `}${metadata}`;
}

/** Asserts the status, the challenge and the problem document of a refusal. */
export async function assertRefused(response, status, hub, error) {
  const body = await response.text();
  assert.equal(response.status, status, body);
  assert.equal(response.headers.get("www-authenticate"), challenge(hub, error));
  assert.match(response.headers.get("content-type"), /^application\/problem\+json\b/);
  assert.equal(JSON.parse(body).status, status);
}
