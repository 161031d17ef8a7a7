// Shows a test the door's text for an object: each answer of an object has it in the header `overheard`.
import { HubObject as Hub } from "./serve.mjs";

export { default } from "./serve.mjs";

export class HubObject extends Hub {
  async fetch(request) {
    const text = request.cf?.millstream;
    const response = await super.fetch(request);
    const { status, statusText } = response;
    const headers = new Headers(response.headers);
    if (text !== undefined) headers.set("overheard", encodeURIComponent(text));
    return new Response(response.body, { status, statusText, headers });
  }
}
