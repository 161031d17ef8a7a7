// The calls of an operator over HTTP. The door has checked the key. Each call is one by RPC of an object, so that HTTP and
// RPC are one thing.
import { UnreadBody } from "./export/unread_body.mjs";
import { HubError } from "./hub_error.mjs";
import { INDEX } from "./hub_index.mjs";
import { inTime } from "./in_time.mjs";
import { PROTECTION, problem } from "./last_resort.mjs";
import { log } from "./log.mjs";
import { doorCounts } from "./metrics/counts.mjs";
import { bodyOf, pageOf, piecesOf } from "./metrics/page.mjs";
import { reportsIn } from "./metrics/report.mjs";
import { formFor } from "./metrics/text.mjs";

/** Milliseconds: how long an object may take to begin its answer. */
const DEADLINE = 15_000;
/** This call lasts as long as its body, of which the object says when it is silent for too long. */
const BY_BODY = "import";

/** @import { Visit } from "./handler.mjs" */

/**
 * A call, and where it is carried out.
 *
 * @typedef {object} Call
 * @property {Request} request
 * @property {URLSearchParams} query
 * @property {string} hub the name of the hub, or of the index
 * @property {DurableObjectStub<import("./hub_object.mjs").HubObject>} stub the object of the hub, or of the index
 */

/**
 * The calls for one hub by their names.
 *
 * @type {Record<string, (call: Call) => Promise<Response>>}
 */
const OF_HUB = {
  async drain({ stub, query }) {
    return ofJson({ connections: await stub.drain(query.get("within") ?? undefined) });
  },

  async stats({ stub }) {
    return ofJson(await stub.stats());
  },

  async delete({ stub }) {
    return ofJson(await stub.delete());
  },

  async export({ stub, query }) {
    return answerOf(await stub.export({ after: numberIn(query.get("after")) }), "application/x-ndjson");
  },

  async import({ request, stub }) {
    const body = new UnreadBody(request.body ?? new Blob().stream());
    try {
      return ofJson(await stub.import(body.readable));
    } catch (caught) {
      return body.answer(refusal(caught, { hub: stub.name, call: "import" }));
    }
  },

  async clear({ stub }) {
    return ofJson(await stub.clear());
  },

  async metrics({ request, hub, stub }) {
    const form = formFor(request.headers.get("accept"));
    const report = await doorCounts.handTo(hub, (counted) => stub.millstreamMetrics(counted));
    return ofMetrics(pageOf({ hub, report }, form), form);
  },
};

/**
 * Those for all hubs.
 *
 * @type {Record<string, (call: Call) => Promise<Response>>}
 */
const OF_ALL = {
  async metrics({ request, stub }) {
    const form = formFor(request.headers.get("accept"));
    return ofMetrics(bodyOf(piecesOf(await reportsIn(await stub.millstreamAll()), form)), form);
  },

  async hubs({ stub, query }) {
    const limit = query.get("limit");
    return ofJson(await stub.millstreamList({ after: query.get("after") ?? undefined, limit: limit === null ? undefined : Number(limit) }));
  },
};

/**
 * Carries out a call.
 *
 * @param {Visit} visit
 * @param {{ hub?: string, call: string }} asked
 * @returns {Promise<Response>}
 */
export async function operate({ request, namespace }, { hub, call }) {
  const carryOut = (hub === undefined ? OF_ALL : OF_HUB)[call];
  if (carryOut === undefined) return problem(404, "Not Found");
  if (isOfOtherPage(request)) {
    const detail = "a page of another origin sent this; the calls that change a hub are for no such page";
    return problem(403, "Forbidden", { detail });
  }
  const query = new URL(request.url).searchParams;
  const name = hub ?? INDEX;
  const stub = namespace.get(namespace.idFromName(name));
  try {
    const late = (/** @type {Response} */ answer) => answer.body?.cancel();
    const carried = carryOut({ request, query, hub: name, stub });
    const instead = () => {
      const whose = hub === undefined ? "the index of hubs" : `the hub ${hub}`;
      throw new HubError(`${whose} did not answer within ${DEADLINE / 1_000} s`, { status: 504 });
    };
    const answer = call === BY_BODY ? await carried : await inTime(carried, { within: DEADLINE, instead, late });
    return request.method === "HEAD" ? withoutBody(answer) : answer;
  } catch (caught) {
    return refusal(caught, { hub, call });
  }
}

/**
 * Whether a page of another origin wants to change a hub. A browser that knows the key as the password of Basic adds it to
 * every form that any page sends here.
 *
 * @param {Request} request
 */
function isOfOtherPage({ method, headers, url }) {
  if (method === "GET" || method === "HEAD") return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site !== "same-origin" && site !== "none";
  const origin = headers.get("origin");
  return origin !== null && URL.parse(origin)?.host !== new URL(url).host;
}

/**
 * The answer to a call that failed.
 *
 * @param {unknown} caught
 * @param {{ hub?: string, call: string }} asked
 */
function refusal(caught, { hub, call }) {
  const { status, message, field } = HubError.ofCall(caught);
  if (status >= 500) log("operator's call failed", { hub, status, reason: call, detail: message });
  return problem(status, TITLES[status] ?? "Internal Server Error", { detail: message, field });
}

/** @type {Record<number, string>} */
const TITLES = {
  400: "Bad Request",
  404: "Not Found",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  429: "Too Many Requests",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** An answer for the operator alone. */
function ofJson(/** @type {unknown} */ value) {
  return answerOf(JSON.stringify(value), "application/json");
}

/**
 * @param {BodyInit} body
 * @param {import("./metrics/text.mjs").Form} form
 */
function ofMetrics(body, { contentType }) {
  const answer = answerOf(body, contentType);
  answer.headers.set("vary", "Accept");
  return answer;
}

/**
 * An answer for the operator alone.
 *
 * @param {BodyInit} body
 * @param {string} type
 */
function answerOf(body, type) {
  return new Response(body, { headers: { "content-type": type, "cache-control": "no-store", ...PROTECTION } });
}

/** A number of a query; undefined if there is none. */
function numberIn(/** @type {string | null} */ text) {
  if (text === null) return undefined;
  return /^\d+$/.test(text) ? Number(text) : NaN;
}

async function withoutBody(/** @type {Response} */ answer) {
  await answer.body?.cancel();
  return new Response(null, answer);
}
