// The first line of the log of an isolate: what runs here, and who may do what.
import { logLevel, standing } from "../../build/millstream.js";
import { HubLog } from "./log.mjs";

/** @import { Visit } from "./handler.mjs" */

/** The variables with keys, and those that name where they are. */
const KEYS = [
  "MERCURE_PUBLISHER_JWT_KEY",
  "MERCURE_PUBLISHER_JWKS_URL",
  "MERCURE_SUBSCRIBER_JWT_KEY",
  "MERCURE_SUBSCRIBER_JWKS_URL",
  "MERCURE_TRUSTED_ISSUERS",
  "ISSUERS",
  "OPERATOR_KEY",
];

let isTold = false;

/** Writes the line at the first request. While a variable is wrong, the line about it stands in its place. */
export function tellStart(/** @type {Visit} */ { variables, authorize }) {
  if (isTold) return;
  isTold = true;
  const all = /** @type {string[] | undefined} */ (standing(variables));
  if (all === undefined) return;
  const [version, delivery, publish, subscribe, ...weak] = all;
  const who = (/** @type {string | undefined} */ by) => (authorize !== undefined && (by === "token" || by === "nobody") ? "authorize" : by);
  const keys = KEYS.filter((name) => isSet(variables[name]));
  const log = new HubLog(undefined, logLevel(variables, "default"));
  log.write("started", { level: "info", version, delivery, publish: who(publish), subscribe: who(subscribe), keys, weak: [...new Set(weak)] });
}

/** workerd gives null for a variable that is not set. */
function isSet(/** @type {unknown} */ value) {
  return value !== undefined && value !== null && String(value).trim() !== "";
}
