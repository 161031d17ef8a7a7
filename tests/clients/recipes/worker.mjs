// Runs the cases of the recipes in a Worker with a hub: GET /tanstack/CASE and /assistant/CASE.
import { HubObject, createHub } from "../../../npm/worker/index.mjs";
import { ASSISTANT } from "./assistant_cases.mjs";
import { hubStore } from "./assistant_store.mjs";
import { TANSTACK } from "./tanstack_cases.mjs";
import { hubDurability } from "./tanstack_durability.mjs";
import { chatRoute } from "./tanstack_routes.mjs";

export { HubObject };

const events = createHub();

export default {
  async fetch(request, env) {
    const [, recipe, name] = new URL(request.url).pathname.split("/").map(decodeURIComponent);
    if (name === undefined) return new Response("up");
    try {
      const routes = (asked, write) => chatRoute(asked, { events, env, write });
      const tanstack = () => TANSTACK[name].run((asked) => hubDurability(events, env, asked), routes);
      const value = recipe === "tanstack" ? await tanstack() : await ASSISTANT[name].run(hubStore(events, env));
      return Response.json({ value });
    } catch (error) {
      return Response.json({ error: error.stack });
    }
  },
};
