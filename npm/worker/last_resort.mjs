// Answers without the wasm instance, for the case that it cannot make one.

/** The headers that src/web/http/protection.rs adds to every answer of the instance. */
export const PROTECTION = {
  "content-security-policy": "default-src 'self'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-xss-protection": "1; mode=block",
};

/**
 * A problem document, RFC 9457. It tells nothing about the inside.
 *
 * @param {number} status
 * @param {string} title
 * @param {{ detail?: string, field?: string }} [more]
 */
export function problem(status, title, more) {
  const headers = { "content-type": "application/problem+json", "cache-control": "no-store", ...PROTECTION };
  return Response.json({ type: "about:blank", title, status, ...more }, { status, headers });
}

/** A stream that ends at once, so that an EventSource comes back; undefined for other requests. */
export function comeBack(/** @type {Request} */ { method, headers: asked }) {
  if (method !== "GET" || !/text\/event-stream/i.test(asked.get("accept") ?? "")) return undefined;
  const retry = 2_000 + Math.floor(3_000 * Math.random());
  const headers = { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform", ...PROTECTION };
  return new Response(`retry: ${retry}\n`, { headers });
}
