// The package in Node. The hub runs on Workers alone, so this module says so where it is used.

function notHere() {
  throw new Error(
    "millstream: the hub runs in a Cloudflare Worker. Run this module by wrangler, by Cloudflare's Vite plugin, or in tests by @cloudflare/vitest-plugin",
  );
}

export const createHub = notHere;

export { HubError } from "./worker/hub_error.mjs";

export class HubObject {
  constructor() {
    notHere();
  }
}
