// Runs before the worker under `make serve CONFIG=indexing`. The index never answers to the report of the hub `hangs`, and
// fails for that of the hub `fails`. The object of the hub `unbound` has no binding of its class, and that of `bound-twice`
// has two. A POST to /call calls a hub, by the JSON of the body.
import worker, { HubObject as Hub } from "./serve.mjs";
import hubs from "./worker.mjs";

/** Milliseconds: longer than a test. */
const EVER = 600_000;

const BINDINGS = {
  unbound: ({ HUB, ...others }) => others,
  "bound-twice": (env) => ({ FIRST: env.HUB, ...env }),
};

export class HubObject extends Hub {
  constructor(context, env) {
    super(context, (BINDINGS[context.id.name] ?? ((env) => env))(env));
  }

  async millstreamReport(reports) {
    const [{ name }] = reports;
    if (name === "hangs") await new Promise((resolve) => setTimeout(resolve, EVER));
    if (name === "fails") throw new Error("deliberate");
    return super.millstreamReport(reports);
  }
}

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname !== "/call") return worker.fetch(request, env, context);
    const { hub, by, method, given } = await request.json();
    try {
      const result = by === "createHub" ? await hubs[method](env, ...given, { hub }) : await env.HUB.getByName(hub)[method](...given);
      return Response.json({ result });
    } catch ({ status, field, message }) {
      return Response.json({ error: { status, field, message } });
    }
  },
};
