// Answers that are made without the wasm instance, when not even that can make one.

/** What src/web/http/protection.rs adds to every answer that the instance makes. */
const PROTECTION = {
  "content-security-policy": "default-src 'self'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-xss-protection": "1; mode=block",
};

/** RFC 9457: says that it failed and nothing about the inside. */
export function problem(status, title) {
  const headers = { "content-type": "application/problem+json", "cache-control": "no-store", ...PROTECTION };
  return Response.json({ type: "about:blank", title, status }, { status, headers });
}

/** An EventSource gives up for good on an error: this ends at once, and it comes back. Nothing if none may have asked. */
export function comeBack({ method, headers: asked }) {
  if (method !== "GET" || !/text\/event-stream/i.test(asked.get("accept") ?? "")) return undefined;
  const retry = 2_000 + Math.floor(3_000 * Math.random());
  const headers = { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform", ...PROTECTION };
  return new Response(`retry: ${retry}\n`, { headers });
}
