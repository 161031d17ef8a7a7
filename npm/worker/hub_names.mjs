// Which hubs there may be: HUB_NAMES, which src/settings/hub_names.rs reads.
import { hasHub } from "../../build/millstream.js";
import { HubError } from "./hub_error.mjs";
import { instance } from "./instance.mjs";

/** Refuses the name of a hub that there may not be. */
export function checkHub(/** @type {string} */ name, /** @type {any} */ variables) {
  instance();
  if (!hasHub(variables, name)) throw noHub(name);
}

/** The error of a call to a hub that there may not be. */
export function noHub(/** @type {string} */ name) {
  return new HubError(`there may be no hub ${name}: HUB_NAMES does not have it`, { status: 404, field: "hub" });
}
