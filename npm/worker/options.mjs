// The options of `createHub`. A wrong one is an error that names it and the right values.

const OPTIONS = ["path", "binding", "hub", "authorize", "variables", "assets"];

/** What the hub needs of the runtime: a flag, and how to get it. */
const FLAGS = {
  enable_request_signal: 'add compatibility_flags = ["enable_request_signal"]',
  enable_weak_ref: 'set compatibility_date = "2026-10-01"',
  enhanced_error_serialization: 'set compatibility_date = "2026-10-01"',
};

/** Names in messages: a wrong value is shown, but not a long one. */
const shown = (/** @type {unknown} */ value) => {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

/**
 * The options with their defaults.
 *
 * @param {import("./types.d.ts").HubOptions} options
 */
export function readOptions(options = {}) {
  if (options === null || typeof options !== "object") {
    throw wrong(`the options are ${shown(options)}; they must be an object such as { path: "/events" }`);
  }
  for (const name of Object.keys(options)) {
    if (!OPTIONS.includes(name)) throw wrong(`there is no option ${shown(name)}; the options are ${OPTIONS.join(", ")}`);
  }
  const { path, binding = "HUB", hub, authorize, assets } = options;
  const { variables = path === undefined ? "" : "MILLSTREAM_" } = options;
  if (path !== undefined && !isPath(path)) {
    throw wrong(`path is ${shown(path)}; it must be a path such as "/events", without a slash at its end, a query or dots`);
  }
  for (const [name, value] of Object.entries({ binding, assets })) {
    if (value === undefined && name === "assets") continue;
    if (typeof value !== "string" || value === "") throw wrong(`${name} is ${shown(value)}; it must be the name of a binding`);
  }
  for (const [name, value] of Object.entries({ hub, authorize })) {
    if (value !== undefined && typeof value !== "function") throw wrong(`${name} is ${shown(value)}; it must be a function`);
  }
  if (typeof variables !== "string" && (variables === null || typeof variables !== "object" || Array.isArray(variables))) {
    throw wrong(`variables is ${shown(variables)}; it must be an object such as { HISTORY_AGE: "1h" }, or a prefix such as "MILLSTREAM_"`);
  }
  try {
    JSON.stringify(variables);
  } catch (error) {
    throw wrong(`variables has no JSON: ${/** @type {Error} */ (error).message}`);
  }
  return { path, binding, hub, authorize, variables, assets };
}

/** Checks that the runtime has what the hub needs. */
export function checkRuntime() {
  const flags = /** @type {any} */ (globalThis).Cloudflare?.compatibilityFlags;
  if (flags === undefined) throw wrong(`the hub runs on Cloudflare Workers with compatibility_date = "2026-10-01" or later`);
  for (const [flag, mend] of Object.entries(FLAGS)) {
    if (!flags[flag]) throw wrong(`the Worker lacks the compatibility flag ${flag}; in wrangler.toml, ${mend}`);
  }
}

/**
 * The Durable Object namespace of this binding.
 *
 * @param {Record<string, any>} env
 * @param {string} binding
 * @returns {import("./types.d.ts").HubNamespace}
 */
export function namespaceOf(env, binding) {
  const namespace = env?.[binding];
  if (typeof namespace?.idFromName === "function") return namespace;
  throw wrong(
    `there is no Durable Object binding ${shown(binding)}; in wrangler.toml, add [[durable_objects.bindings]] with ` +
      `name = ${shown(binding)} and class_name = "HubObject", or name your binding by the option binding`,
  );
}

/** The assets of this binding. */
export function assetsOf(/** @type {Record<string, any>} */ env, /** @type {string} */ binding) {
  const assets = env[binding];
  if (typeof assets?.fetch === "function") return assets;
  throw wrong(`there is no assets binding ${shown(binding)}; in wrangler.toml, add binding = ${shown(binding)} to [assets]`);
}

function isPath(/** @type {unknown} */ path) {
  if (typeof path !== "string" || !path.startsWith("/") || path.endsWith("/")) return false;
  return URL.parse(path, "http://hub.example")?.href === `http://hub.example${path}` && !/[?#]/.test(path);
}

function wrong(/** @type {string} */ message) {
  return new TypeError(`millstream: ${message}`);
}
