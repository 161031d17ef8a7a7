// The deeds in a Worker: a request asks for one, and the lines of its answer tell what happens.
import { run } from "./deeds.mjs";

export default {
  async fetch(request, env) {
    if (request.method !== "POST") return new Response("the Worker is there\n");
    const { bound, ...asked } = await request.json();
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    // A reader that went ends the answer.
    const tell = (told) => writer.write(new TextEncoder().encode(`${JSON.stringify(told)}\n`)).catch(() => {});
    const own = bound ? { fetch: (input, init) => env.HUB.fetch(input, init) } : {};
    run(asked, tell, own).finally(() => writer.close().catch(() => {}));
    return new Response(readable);
  },
};
