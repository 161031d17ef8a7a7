// Hands what comes from the Worker's process to the hub's object. `/reset` resets the object, as an update of it does.
export default {
  async fetch(request, { HUB }) {
    const hub = HUB.get(HUB.idFromName("default"));
    if (new URL(request.url).pathname !== "/reset") return hub.fetch(request);
    await hub.resetNow().catch(() => {});
    return new Response(null, { status: 204 });
  },
};
