// Stands before the worker under `make serve CONFIG=contextless`, as an application that calls it may: a request with
// the header `context: none` comes without a context, and one with `context: over` with one that holds nothing any more.
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
