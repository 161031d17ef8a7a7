// A hub in an application's Worker.
import { answer } from "./handler.mjs";
import { HubError } from "./hub_error.mjs";
import { problem } from "./last_resort.mjs";
import { WELL_KNOWN, isHubName, renamed, route } from "./mount.mjs";
import { assetsOf, checkRuntime, namespaceOf, readOptions } from "./options.mjs";
import { publishEach, toPortable } from "./publications.mjs";
import { declare, variablesIn } from "./variables.mjs";

/** @import { CreateHub, Hub, HubOptions, OfHub } from "./types.d.ts" */

/** The hub of a call or request that names none. */
const DEFAULT_HUB = "default";

export const createHub = /** @type {CreateHub} */ (makeHub);

/**
 * @param {HubOptions} [options]
 * @returns {Hub}
 */
function makeHub(options) {
  const { path, binding, hub: nameOf, authorize, variables, assets } = readOptions(options);
  // Where the application names the hub, the protocol's paths of other hubs lead nowhere.
  const mount = path ?? (nameOf === undefined ? undefined : WELL_KNOWN);
  checkRuntime();
  declare(variables);

  /** The stub of the hub that a call is for. */
  const stubOf = (/** @type {any} */ env, /** @type {OfHub} */ { hub = DEFAULT_HUB } = {}) => {
    const namespace = namespaceOf(env, binding);
    return namespace.get(namespace.idFromName(checkedName(hub)));
  };

  return {
    async fetch(request, env, context) {
      const own = /** @type {any} */ (env);
      const routed = route(request, mount, () => nameOf?.(request, env) ?? DEFAULT_HUB);
      if (routed === undefined) {
        if (assets !== undefined) return assetsOf(own, assets).fetch(request);
        return path === undefined ? problem(404, "Not Found") : undefined;
      }
      const response = await answer({
        request: routed,
        variables: variablesIn(own),
        namespace: namespaceOf(own, binding),
        authorize: authorize && ((hub) => authorize(request, env, context, hub)),
        context,
      });
      return mount === undefined ? response : renamed(response, { mount, own: routed.url });
    },

    async publish(env, update, options = {}) {
      const { hub, ...own } = options;
      return called(() => stubOf(env, { hub }).publish(toPortable(update), own));
    },

    async publishMany(/** @type {any} */ env, /** @type {any} */ updates, /** @type {OfHub} */ options) {
      const send = (/** @type {BodyInit} */ lines) => {
        const { body } = /** @type {any} */ (new Response(lines));
        return called(() => stubOf(env, options).publishMany(body));
      };
      return updates instanceof ReadableStream ? send(updates) : publishEach(updates, send);
    },

    async disconnect(env, whom, options) {
      return called(() => stubOf(env, options).disconnect(whom));
    },
  };
}

/** The name of a hub, which a call must spell as a path does. */
function checkedName(/** @type {unknown} */ hub) {
  if (isHubName(hub)) return /** @type {string} */ (hub);
  const wrong = `the hub is ${JSON.stringify(hub)}; its name has letters, digits, _ and -, at least 1 and at most 64`;
  throw new HubError(wrong, { status: 404, field: "hub" });
}

/**
 * The result of a call to an object, or its `HubError`.
 *
 * @template T
 * @param {() => T} call
 * @returns {Promise<any>}
 */
async function called(call) {
  try {
    return await call();
  } catch (error) {
    throw error instanceof TypeError && error.message.startsWith("millstream: ") ? error : HubError.ofCall(error);
  }
}
