// A component with a hook, mounted on a page in Chromium, and a hub of its own.
import { publish } from "../clients.mjs";
import { until } from "../until.mjs";

export class Mounted {
  static #count = 0;
  #server;
  #page;
  #name;
  /** How often the page has asked the hub. */
  asked = 0;

  /** It is unmounted after the test `t`. It has the hub of `beside`, if there is one. */
  constructor(t, { server, page, beside }) {
    this.#server = server;
    this.#page = page;
    this.#name = beside?.#name ?? `hooks-${(Mounted.#count += 1)}`;
    const count = (request) => (this.asked += request.url().startsWith(this.hub) ? 1 : 0);
    page.on("request", count);
    t.after(async () => {
      page.off("request", count);
      if (!page.isClosed()) await this.unmount();
    });
  }

  get hub() {
    return this.#server.hub(this.#name);
  }

  /** Mounts the component with these options, and waits until its stream is open. With a `user` the tabs share it. */
  async mount(options) {
    await this.#page.evaluate(
      ([url, options]) => {
        const { mount, subscribe } = globalThis.client;
        globalThis.mounted = mount(url, options.user === undefined ? options : { ...options, subscribe });
      },
      [this.hub, options],
    );
    await this.shows(({ state }) => state.name === "open");
  }

  /** Mounts it so often, and unmounts it at once or when its stream is open. */
  async mountOften(times, options) {
    await this.#page.evaluate(
      async ({ url, times, options }) => {
        for (let time = 0; time < times; time += 1) {
          const { shown, unmount } = globalThis.client.mount(url, options);
          const isDone = () => time % 2 === 0 || shown.last?.state.name === "open";
          while (!isDone()) await new Promise((resolve) => setTimeout(resolve));
          unmount();
        }
      },
      { url: this.hub, times, options },
    );
  }

  /** Renders the component again, with a URL and options. */
  set(...values) {
    return this.#page.evaluate((values) => globalThis.mounted.set(...values), values);
  }

  publish(topic, data) {
    return publish(this.hub, { topic, data });
  }

  /** All that was shown. */
  all() {
    return this.#page.evaluate(() => globalThis.mounted.shown.all);
  }

  /** Waits until what is shown is so, and gives it. */
  async shows(condition) {
    let last;
    const isSo = async () => condition((last = (await this.all()).at(-1)));
    await until(isSo, () => `${condition}: ${JSON.stringify(last)}`);
    return last;
  }

  unmount() {
    return this.#page.evaluate(() => {
      globalThis.mounted?.unmount();
      globalThis.mounted = undefined;
    });
  }

  /** Waits until the hub has this number of connections. */
  connections(number) {
    return until(async () => (await this.#server.connections(this.#name)) === number, `${number} connections`);
  }
}
