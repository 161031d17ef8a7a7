// Runs before the worker under `make serve CONFIG=contextless`, like an application that calls it. A request with the
// header `context: none` has no context. A request with `context: over` has a context that keeps nothing alive.
import worker from "./serve.mjs";

export { HubObject } from "./serve.mjs";

const OVER = {
  waitUntil() {
    throw new TypeError("deliberate");
  },
};

export default {
  fetch(request, env, context) {
    const contexts = { none: undefined, over: OVER };
    const name = request.headers.get("context");
    return worker.fetch(request, env, name in contexts ? contexts[name] : context);
  },
};
