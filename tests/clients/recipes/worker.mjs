// Runs the cases of the recipes in a Worker with a hub: GET /tanstack/CASE, /assistant/CASE and /sdk/CASE.
import { HubObject, createHub } from "../../../npm/worker/index.mjs";
import { ASSISTANT } from "./assistant_cases.mjs";
import { hubStore } from "./assistant_store.mjs";
import { SDK } from "./sdk_cases.mjs";
import { pipeText } from "./sdk_text.mjs";
import { TANSTACK } from "./tanstack_cases.mjs";
import { hubDurability } from "./tanstack_durability.mjs";
import { chatRoute } from "./tanstack_routes.mjs";

export { HubObject };

const events = createHub();

const routesOf = (env) => (asked, write) => chatRoute(asked, { events, env, write });
const RECIPES = {
  tanstack: (name, env) => TANSTACK[name].run((asked) => hubDurability(events, env, asked), routesOf(env)),
  assistant: (name, env) => ASSISTANT[name].run(hubStore(events, env)),
  sdk: (name, env) => SDK[name].run({ events, env, topic: crypto.randomUUID() }, pipeText),
};

export default {
  async fetch(request, env) {
    const [, recipe, name] = new URL(request.url).pathname.split("/").map(decodeURIComponent);
    if (name === undefined) return new Response("up");
    try {
      const value = await RECIPES[recipe](name, env);
      return Response.json({ value });
    } catch (error) {
      return Response.json({ error: error.stack });
    }
  },
};
