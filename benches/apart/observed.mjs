// Runs before the worker: notes each life of an object, and when its last event ended. `/lives` tells it and wakes nobody.
import worker, { HubObject as Hub } from "./serve.mjs";

/** Objects share the isolate's memory, which outlives them. */
const lives = [];

export class HubObject extends Hub {
  #life;

  constructor(context, env) {
    super(context, env);
    this.#life = { hub: context.id.name, began: Date.now(), last: Date.now(), events: {} };
    lives.push(this.#life);
  }

  fetch(request) {
    return this.#noted("fetch", super.fetch(request));
  }

  alarm() {
    return this.#noted("alarm", super.alarm());
  }

  webSocketMessage(...of) {
    return this.#noted("message", super.webSocketMessage(...of));
  }

  webSocketClose(...of) {
    return this.#noted("close", super.webSocketClose(...of));
  }

  async #noted(event, answer) {
    const { events } = this.#life;
    events[event] = (events[event] ?? 0) + 1;
    try {
      return await answer;
    } finally {
      this.#life.last = Date.now();
    }
  }
}

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/lives") return Response.json(lives);
    return worker.fetch(request, env, context);
  },
};
