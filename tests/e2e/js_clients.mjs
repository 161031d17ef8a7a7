// Widely used clients for JavaScript. Each is opened as its documentation shows, with its defaults. This file runs in
// Node and in pages.

/** For an `EventSource`, or a class with its interface. */
const listening = (open) => (url, module, seen) => {
  const source = open(url, module);
  for (const type of ["open", "message", "gap", "place"]) {
    source.addEventListener(type, ({ data = "", lastEventId = "" }) => seen({ type, data, id: lastEventId }));
  }
  return source;
};

/** For `fetchEventSource`. An error of `read` goes to the client, like an error of an application. */
const fetching = (read) => (url, module, seen) => {
  const controller = new AbortController();
  module.fetchEventSource(url, {
    signal: controller.signal,
    async onopen() {
      seen({ type: "open", data: "", id: "" });
    },
    onmessage: ({ event, data, id }) => seen({ type: event || "message", data: read(data), id }),
  });
  return { close: () => controller.abort() };
};

/**
 * By name: whether it runs in `node` or in `chromium`, and the `module` that is imported there. `open` takes the URL,
 * the module, and a function that gets the dispatched events. `place` says whether the client gets the `place` event,
 * which the hub sends to clients with `Cache-Control: no-cache`.
 */
export const JS_CLIENTS = {
  "Chromium's EventSource": { runs: "chromium", place: true, open: listening((url) => new EventSource(url)) },
  "eventsource 5": {
    runs: "node",
    module: "eventsource",
    place: true,
    open: listening((url, { EventSource }) => new EventSource(url)),
  },
  "eventsource 4": {
    runs: "node",
    module: "eventsource-4",
    place: true,
    open: listening((url, { EventSource }) => new EventSource(url)),
  },
  "extended-eventsource": {
    runs: "chromium",
    module: "extended-eventsource/dist/index.esm.js",
    place: true,
    open: listening((url, { EventSource }) => new EventSource(url)),
  },
  "event-source-polyfill": {
    runs: "chromium",
    module: "event-source-polyfill/src/eventsource.js",
    place: true,
    open: listening((url) => new globalThis.EventSourcePolyfill(url)),
  },
  "reconnecting-eventsource": {
    runs: "chromium",
    module: "reconnecting-eventsource/build/esm/reconnecting-eventsource.js",
    place: true,
    open: listening((url, { default: ReconnectingEventSource }) => new ReconnectingEventSource(url)),
  },
  "sse.js with autoReconnect": {
    runs: "chromium",
    module: "sse.js/lib/sse.js",
    place: false,
    open: listening((url, { SSE }) => new SSE(url, { autoReconnect: true })),
  },
  "@microsoft/fetch-event-source": {
    runs: "chromium",
    module: "@microsoft/fetch-event-source/lib/esm/index.js",
    place: false,
    open: fetching((data) => data),
  },
  "@microsoft/fetch-event-source with JSON.parse in onmessage": {
    runs: "chromium",
    module: "@microsoft/fetch-event-source/lib/esm/index.js",
    place: false,
    open: fetching((data) => JSON.stringify(JSON.parse(data))),
  },
};
