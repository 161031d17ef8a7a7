// The Worker, whose hub's object is in another process: the stub of every hub leads there.
import worker from "./serve.mjs";

export default {
  fetch(request, { OBJECT, ...env }, context) {
    const HUB = { idFromName: (name) => name, get: () => OBJECT };
    return worker.fetch(request, { ...env, HUB }, context);
  },
};
