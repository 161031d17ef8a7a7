// The wrong keys of an operator that came from each address. An address that sends too many is not listened to for a while.
import { BoundedMap } from "./bounded_map.mjs";

/** Milliseconds: wrong keys are counted together for this long, from the first one on. */
const TOGETHER = 60_000;
/** The addresses that are remembered. Beyond it the one that began first is forgotten, which lets it try again. */
const REMEMBERED = 1_000;

/** The wrong keys by address, in this isolate. */
export class WrongKeys {
  /**
   * In the order in which they began.
   *
   * @type {BoundedMap<string, { left: number, until: number }>}
   */
  #byAddress = new BoundedMap(REMEMBERED);

  /** Whether no key of this request is looked at. */
  bars(/** @type {Request} */ request) {
    if (this.#byAddress.size === 0) return false;
    const tries = this.#byAddress.get(addressOf(request));
    return tries !== undefined && tries.left <= 0 && Date.now() < tries.until;
  }

  /**
   * Counts a wrong key.
   *
   * @param {Request} request
   * @param {number} most this many bar an address
   */
  add(request, most) {
    const now = Date.now();
    const address = addressOf(request);
    const tries = this.#byAddress.get(address);
    if (tries !== undefined && now < tries.until) {
      tries.left -= 1;
      return;
    }
    this.#byAddress.set(address, { left: most - 1, until: now + TOGETHER });
  }
}

/**
 * The network of the client, as Cloudflare names it. Another host tells no network. There all clients have one address, the
 * empty one.
 */
function addressOf(/** @type {Request} */ request) {
  const fromPlatform = typeof request.cf?.colo === "string";
  return networkOf((fromPlatform && request.headers.get("cf-connecting-ip")) || "");
}

/** A customer has a /64 of IPv6, as for connections: src/hub/admission.rs. */
function networkOf(/** @type {string} */ address) {
  if (!address.includes(":") || address.includes(".")) return address;
  const [before = "", after] = address.split("::");
  const groups = before === "" ? [] : before.split(":");
  if (after !== undefined) {
    const behind = after === "" ? 0 : after.split(":").length;
    while (groups.length + behind < 8) groups.push("0");
  }
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16)).join(":");
}
