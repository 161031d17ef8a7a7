// A hub in an application's Worker.
import { closing, pipeOptions, stopReason, topicIn, topicsIn } from "./ending.mjs";
import { placeIn } from "./export/export.mjs";
import { answer } from "./handler.mjs";
import { HubError } from "./hub_error.mjs";
import { checkHub } from "./hub_names.mjs";
import { comeBack, problem } from "./last_resort.mjs";
import { described, log } from "./log.mjs";
import { WELL_KNOWN, checkedName, renamed, route } from "./mount.mjs";
import { assetsOf, checkRuntime, namespaceOf, readOptions } from "./options.mjs";
import { pipe } from "./pipe.mjs";
import { publishEach } from "./publications.mjs";
import { readerOf } from "./reader.mjs";
import { indexOf } from "./reports.mjs";
import { kind, readCall, toPortable } from "./update.mjs";
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

  /** The name of the hub that a call is for. */
  const nameIn = (/** @type {any} */ env, /** @type {unknown} */ hub) => {
    const name = checkedName(hub);
    checkHub(name, variablesIn(env));
    return name;
  };

  /** The stub of that hub. */
  const stubOf = (/** @type {any} */ env, /** @type {OfHub} */ { hub = DEFAULT_HUB }) => {
    const namespace = namespaceOf(env, binding);
    return namespace.get(namespace.idFromName(nameIn(env, hub)));
  };

  return {
    async fetch(request, env, context) {
      const own = /** @type {any} */ (env);
      let failure;
      const routed = route(request, mount, () => {
        try {
          return nameOf === undefined ? DEFAULT_HUB : named(nameOf(request, env));
        } catch (error) {
          failure = described(error);
          return "";
        }
      });
      if (failure !== undefined) {
        log("the option hub failed", { detail: failure });
        return comeBack(request) ?? problem(500, "Internal Server Error");
      }
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

    async publish(env, update, options) {
      const { hub, idempotencyKey } = readCall(options, ["hub", "idempotencyKey"]);
      const stub = stubOf(env, { hub });
      return called(() => stub.publish(toPortable(update), { idempotencyKey }));
    },

    async publishMany(/** @type {any} */ env, /** @type {any} */ updates, /** @type {OfHub} */ options) {
      const send = async (/** @type {BodyInit} */ lines) => {
        const stub = stubOf(env, readCall(options, ["hub"]));
        const { body } = /** @type {any} */ (new Response(lines));
        return called(() => stub.publishMany(body));
      };
      if (!(updates instanceof ReadableStream)) return publishEach(updates, send);
      if (updates.locked) throw new HubError("the stream of updates has another reader already", { status: 400, field: "updates" });
      return send(updates);
    },

    async disconnect(env, whom, options) {
      const stub = stubOf(env, readCall(options, ["hub"]));
      return called(() => stub.disconnect(whom));
    },

    reader(env, options) {
      const { hub = DEFAULT_HUB } = readCall(options, ["hub"]);
      const own = /** @type {any} */ (env);
      return readerOf(nameIn(own, hub), { variables: variablesIn(own), namespace: namespaceOf(own, binding) });
    },

    async close(env, topic, options) {
      const { hub, ...how } = readCall(options, ["hub", "reason", "private"]);
      closing(topic, how);
      return called(() => stubOf(env, { hub }).close(topic, how));
    },

    async status(env, topic, options) {
      const stub = stubOf(env, readCall(options, ["hub"]));
      return called(() => stub.status(topicIn(topic)));
    },

    async hubs(env, options) {
      const given = readCall(options, ["after", "limit"]);
      return called(() => indexOf(namespaceOf(/** @type {any} */ (env), binding)).millstreamList(given));
    },

    async drain(env, options) {
      const { hub, within } = readCall(options, ["hub", "within"]);
      return called(() => stubOf(env, { hub }).drain(within));
    },

    async stats(env, options) {
      const stub = stubOf(env, readCall(options, ["hub"]));
      return called(() => stub.stats());
    },

    async delete(env, options) {
      const stub = stubOf(env, readCall(options, ["hub"]));
      return called(() => stub.delete());
    },

    async stop(env, topic, reason, options) {
      const stub = stubOf(env, readCall(options, ["hub"]));
      return called(() => stub.stop(topicIn(topic), stopReason(reason)));
    },

    async export(env, options) {
      const { hub, after } = readCall(options, ["hub", "after"]);
      return called(() => stubOf(env, { hub }).export({ after: placeIn(after) }));
    },

    async import(env, lines, options) {
      const stub = stubOf(env, readCall(options, ["hub"]));
      return called(() => stub.import(lines));
    },

    async clear(env, options) {
      const stub = stubOf(env, readCall(options, ["hub"]));
      return called(() => stub.clear());
    },

    pipe(env, topic, source, options) {
      const { hub, type, private: isPrivate, fresh } = readCall(options, ["hub", "type", "private", "fresh"]);
      const stub = stubOf(env, { hub });
      const how = pipeOptions({ private: isPrivate, fresh });
      const send = (/** @type {ReadableStream<Uint8Array>} */ lines) => called(() => stub.pipe(topic, lines, how));
      return pipe({ topic: topicsIn(topic), type, private: isPrivate }, source, { send, fresh });
    },
  };
}

/** The name that the application gives. */
function named(/** @type {unknown} */ given) {
  if (typeof given === "string") return given;
  throw new TypeError(`hub gave ${kind(given)}; it must return the name of the hub as a text`);
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
    throw HubError.ofCall(error);
  }
}
