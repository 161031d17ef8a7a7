// A Worker with two ways into the same hubs: by tokens, and by the JSON of the header `claims`. A POST to /disconnect ends
// the streams that its JSON names; the query `rpc` calls the object itself.
import { HubObject, createHub } from "./npm/worker/index.mjs";

export { HubObject };

const byToken = createHub();
const byApplication = createHub({ authorize: (request) => JSON.parse(request.headers.get("claims")) });

async function disconnect(request, env, { searchParams }) {
  const { hub, ...whom } = await request.json();
  try {
    const object = env.HUB.getByName(hub);
    return Response.json({ ended: await (searchParams.has("rpc") ? object.disconnect(whom) : byToken.disconnect(env, whom, { hub })) });
  } catch ({ status, field, message }) {
    return Response.json({ error: { status, field, message } });
  }
}

export default {
  fetch(request, env, context) {
    const url = new URL(request.url);
    if (url.pathname === "/disconnect") return disconnect(request, env, url);
    return (request.headers.has("claims") ? byApplication : byToken).fetch(request, env, context);
  },
};
