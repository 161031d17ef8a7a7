// Real clients read compressed streams as they read others: each update when it is published.
import { EventSource } from "eventsource";
import { ClientPages } from "./client_page.mjs";
import { ENTRIES, NODE, readersIn } from "./client_readers.mjs";
import { Curl } from "./clients.mjs";
import { describeCompressed } from "./compressed_life.mjs";

const pages = ClientPages.forTests();

/** The data of the updates in the text of a stream. */
const dataIn = (text) => [...text.matchAll(/^id: .*\ndata: (.*)\n/gm)].map(([, data]) => data);

/** The id of the last event in the text of a stream. */
const lastIdIn = (text) => [...text.matchAll(/^id: (.*)\n/gm)].at(-1)?.[1];

/** The package's client, wherever it runs. */
async function own(readers, url) {
  const [name, topics] = [url.host, url.searchParams.getAll("topic")];
  const hub = new URL(url.pathname, url).href;
  await readers.open([[name, hub, { topics }]]);
  return { data: async () => (await readers.told("seen", [name]))[0].updates.map(({ data }) => data) };
}

describeCompressed({
  async "curl --compressed"(url, t) {
    const curls = [];
    let isOver = false;
    const connect = () => {
      const before = curls.map(({ text }) => text).join("");
      const id = lastIdIn(before);
      const curl = new Curl(url, "--compressed", "--no-show-error", ...(id === undefined ? [] : ["-H", `last-event-id: ${id}`]));
      curls.push(curl);
      curl.ended.then(() => isOver || setTimeout(connect, 100));
    };
    connect();
    t.after(() => {
      isOver = true;
      return curls.at(-1).close();
    });
    return { data: async () => curls.flatMap(({ text }) => dataIn(text)) };
  },

  async "the fetch of Node"(url, t) {
    const closed = new AbortController();
    let text = "";
    const read = async () => {
      const id = lastIdIn(text);
      const headers = id === undefined ? {} : { "last-event-id": id };
      const { body } = await fetch(url, { headers, signal: closed.signal });
      for await (const part of body.pipeThrough(new TextDecoderStream())) text += part;
    };
    const stays = async () => {
      while (!closed.signal.aborted) {
        await read().catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    void stays();
    t.after(() => closed.abort());
    return { data: async () => dataIn(text) };
  },

  async "the npm package eventsource"(url, t) {
    const source = new EventSource(url);
    t.after(() => source.close());
    const data = [];
    source.onmessage = (event) => data.push(event.data);
    return { data: async () => data };
  },

  async "Chromium's EventSource"(url, t) {
    const page = await pages.open(t, { origin: url.origin });
    await page.evaluate((url) => {
      globalThis.data = [];
      new EventSource(url).onmessage = (event) => globalThis.data.push(event.data);
    }, url.href);
    return { data: () => page.evaluate(() => globalThis.data) };
  },

  async "this package's client in Node"(url, t) {
    t.after(() => NODE.close([url.host]));
    return own(NODE, url);
  },

  async "this package's client in Chromium"(url, t) {
    return own(readersIn(await pages.open(t, { origin: url.origin, entries: ENTRIES })), url);
  },
});
