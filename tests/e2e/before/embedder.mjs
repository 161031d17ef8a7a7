// A hub whose application decides on access. It returns the JSON of the header `claims`, or does what the header `does`
// names. Its own answers contain the arguments that it was called with.
import { createHub } from "./npm/worker/index.mjs";

export { HubObject } from "./npm/worker/index.mjs";

const DEEDS = {
  nobody: () => undefined,
  nothing: () => null,
  refuse: () => new Response("members only", { status: 402, headers: { "x-refused": "by the application" } }),
  throw: () => {
    throw new Error("deliberate");
  },
  reject: () => Promise.reject(new Error("deliberate")),
  later: () => new Promise((resolve) => setTimeout(() => resolve({ publish: ["a"], subscribe: ["a"] }), 50)),
  tell: (request, env, context, hub) =>
    Response.json({ hub, method: request.method, url: request.url, env: env.HEARTBEAT, context: typeof context.waitUntil }),
  host: (request, env, context, hub) => (hub === "members" ? { publish: ["a"], subscribe: ["a"] } : undefined),
  function: () => () => ({ publish: ["*"] }),
  cycle: () => {
    const claims = {};
    return Object.assign(claims, { claims });
  },
};

export default createHub({
  authorize(request, ...rest) {
    const deed = DEEDS[request.headers.get("does")];
    return deed === undefined ? JSON.parse(request.headers.get("claims")) : deed(request, ...rest);
  },
});
