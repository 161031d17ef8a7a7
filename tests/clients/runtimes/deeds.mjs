// What each runtime does with a hub by the package. A deed tells all that it is told, as JSON.
import { publish, publishMany, subscribe } from "millstream/client";

const DEEDS = {
  /** Reads until the runtime ends. */
  read({ hub, options }, tell) {
    return new Promise((end) =>
      subscribe(hub, {
        ...options,
        onUpdate: ({ id, data }) => tell({ update: data, id }),
        onGap: (gap) => tell({ gap }),
        onState: (state) => {
          tell({ state: state.name, why: state.why, status: state.problem?.status });
          if (state.name === "closed") end();
        },
      }),
    );
  },

  /** Reads some updates by a loop, and leaves it. */
  async iterate({ hub, options, count }, tell) {
    const subscription = subscribe(hub, options);
    let left = count;
    for await (const { id, data } of subscription) {
      tell({ update: data, id });
      if ((left -= 1) === 0) break;
    }
    tell({ state: subscription.state.name, cursor: subscription.lastEventId });
  },

  async publish({ hub, options, update }, tell) {
    tell(await publish(hub, update, options).catch(({ status, field, message }) => ({ status, field, message })));
  },

  async publishMany({ hub, options, updates }, tell) {
    for await (const { update, id, connections, problem } of publishMany(hub, updates, options)) {
      tell({ update: update.data, id, connections, field: problem?.field });
    }
  },
};

/**
 * Does what is asked. `tokens` is a URL that gives tokens, `fetch` the runtime's own one for the hub. What is told has the
 * name of the deed.
 */
export async function run({ deed, name, tokens, options, ...asked }, tell, { fetch: ownFetch } = {}) {
  const token = async () => (await fetch(tokens)).text();
  const all = { ...options, ...(tokens ? { token } : {}), ...(ownFetch ? { fetch: ownFetch } : {}) };
  const named = (told) => tell({ name, ...told });
  await DEEDS[deed]({ ...asked, options: all }, named).catch((error) => named({ failure: String(error) }));
  named({ done: true });
}
