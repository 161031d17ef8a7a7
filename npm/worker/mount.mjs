// The place of a hub in an application: from the application's paths to those of the Mercure protocol, and back.
import { HubError } from "./hub_error.mjs";

/** The path of a hub in the protocol. */
export const WELL_KNOWN = "/.well-known/mercure";
/** RFC 9728: the metadata of the resource at a path. */
const METADATA = "/.well-known/oauth-protected-resource";
/** The paths below a hub that are for its operator. */
const OF_HUB = ["/healthz", "/metrics", "/stats", "/drain", "/history", "/export", "/import"];
/** The headers of answers that name the hub by its URL. */
const NAMING = ["link", "www-authenticate"];

/** Whether a hub can have this name: src/base/hub_name.rs. */
function isHubName(/** @type {unknown} */ name) {
  return typeof name === "string" && /^[A-Za-z0-9_-]{1,64}$/.test(name);
}

/** The name, which a call must spell as a path does. */
export function checkedName(/** @type {unknown} */ hub) {
  if (isHubName(hub)) return /** @type {string} */ (hub);
  const wrong = `the hub is ${JSON.stringify(hub)}; its name has letters, digits, _ and -, at least 1 and at most 64`;
  throw new HubError(wrong, { status: 404, field: "hub" });
}

/** The path of the hub of this name. */
export function pathOfHub(/** @type {string} */ hub) {
  return hub === "default" ? WELL_KNOWN : folderOf(hub) + WELL_KNOWN;
}

/** The name of the hub that a request is for, for the log; undefined if it is for none. No request fails for want of it. */
export function hubOf(/** @type {Request} */ request) {
  try {
    const path = new URL(request.url).pathname.replace(METADATA, "");
    if (/^\/\.well-known\/mercure(\/|$)/.test(path)) return "default";
    const name = /^\/hubs\/([^/]+)/.exec(path)?.[1];
    return isHubName(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

/** A name that no hub can have makes a path that is not found: a name such as `..` would lead to another hub. */
function folderOf(/** @type {string} */ hub) {
  return `/hubs/${isHubName(hub) ? hub : "!"}`;
}

/**
 * The request with the path that it has in the protocol; undefined if it is not for the hub at `mount`. Without a
 * mount every path is one of the protocol.
 *
 * @param {Request} request
 * @param {string | undefined} mount
 * @param {() => string} hub
 */
export function route(request, mount, hub) {
  if (mount === undefined) return unread(request);
  const url = URL.parse(request.url);
  const path = url === null ? undefined : pathInProtocol(url.pathname, mount, hub);
  if (url === null || path === undefined) return undefined;
  url.pathname = path;
  return new Request(url, unread(request));
}

/** The request itself, whose body the hub can still read. */
function unread(/** @type {Request} */ request) {
  if (!request.bodyUsed) return request;
  throw new TypeError("millstream: the body of this request has been read, but it is for the hub; call the hub's fetch before you read a body, or read request.clone()");
}

/**
 * @param {string} path
 * @param {string} mount
 * @param {() => string} hub
 */
function pathInProtocol(path, mount, hub) {
  if (path === METADATA + mount) return METADATA + pathOfHub(hub());
  const below = path === mount || path.startsWith(`${mount}/`) ? path.slice(mount.length) : undefined;
  if (below === "" || below === "/subscriptions" || below?.startsWith("/subscriptions/")) return pathOfHub(hub()) + below;
  return below !== undefined && OF_HUB.includes(below) ? folderOf(hub()) + below : undefined;
}

/**
 * The same answer, with the application's path where a header names the hub.
 *
 * @param {Response} response
 * @param {{ mount: string, own: string }} where `own` is the URL that the hub was asked by
 */
export function renamed(response, { mount, own }) {
  const path = /^\/hubs\/[^/]*\/\.well-known\/mercure|^\/\.well-known\/mercure/.exec(new URL(own).pathname)?.[0];
  if (path === undefined || path === mount) return response;
  const naming = NAMING.filter((name) => response.headers.get(name)?.includes(path));
  if (naming.length === 0) return response;
  const answer = new Response(response.body, response);
  for (const name of naming) answer.headers.set(name, /** @type {string} */ (response.headers.get(name)).replaceAll(path, mount));
  return answer;
}
