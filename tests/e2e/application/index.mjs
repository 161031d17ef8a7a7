// An application beside the hub's Worker. It asks nothing of a request and hands it on whole, as careless ones do: by the
// way that the header `way` names, with the header `with-cf` as its `cf`.
const WAYS = {
  /** To the Worker, as it came. */
  whole: (request, { MILLSTREAM }) => MILLSTREAM.fetch(request),
  /** To the Worker, with a `cf` beside it. */
  beside: (request, { MILLSTREAM }, cf) => MILLSTREAM.fetch(request, { cf }),
  /** To the Worker, as a new request with a `cf`. */
  anew: (request, { MILLSTREAM }, cf) => MILLSTREAM.fetch(new Request(request, { cf })),
  /** To the object, as it came. */
  object: (request, { HUB }) => HUB.get(HUB.idFromName("default")).fetch(request),
  /** To the object, with a `cf`, as the Worker does it. */
  told: (request, { HUB }, cf) => HUB.get(HUB.idFromName("default")).fetch(request, { cf }),
};

export default {
  fetch(request, env) {
    const way = WAYS[request.headers.get("way")];
    return way === undefined ? new Response("up") : way(request, env, JSON.parse(request.headers.get("with-cf") ?? "{}"));
  },
};
