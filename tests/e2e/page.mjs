// The page in Chromium, for the tests of it.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { Server } from "./server.mjs";
import { DEADLINE, until } from "./until.mjs";

/** A server and a browser for all tests of a file, and a new page for each. */
export class Page {
  server;
  page;
  /** What the browser complained about: violations of the policy and uncaught errors. */
  complaints = [];
  #browser;
  #count = 0;

  /** `options` are those of the server. */
  static forTests(options) {
    const made = new Page();
    before(async () => {
      made.server = await Server.start(options);
      made.#browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
    });
    after(async () => {
      await made.#browser?.close();
      await made.server?.stop();
    });
    beforeEach(() => made.renew());
    afterEach(async () => {
      await made.page.close();
      assert.deepEqual(made.complaints, []);
    });
    return made;
  }

  /** Replaces the page by a new one, in a session of its own. `look` is the size and the colour scheme. */
  async renew(look = {}) {
    await this.page?.close();
    this.page = await this.#browser.newPage(look);
    this.page.setDefaultTimeout(DEADLINE);
    this.complaints = [];
    this.page.on("pageerror", (error) => this.complaints.push(error.message));
    this.page.on("console", (message) => {
      if (/Content Security Policy|Trusted Type/i.test(message.text())) this.complaints.push(message.text());
    });
    this.page.on("dialog", (dialog) => {
      this.complaints.push(`dialog: ${dialog.message()}`);
      return dialog.dismiss();
    });
  }

  open() {
    return this.page.goto(`${this.server.origin}/`);
  }

  /** The name of a hub that no test had before. */
  newHub() {
    return `page-${(this.#count += 1)}`;
  }

  /** Opens the page and subscribes to all of a hub of its own. */
  async subscribed({ start = "" } = {}) {
    const name = this.newHub();
    await this.open();
    await this.subscribe({ name, start });
    await this.shows("#state-name", "Open");
    return name;
  }

  async subscribe({ name, start }) {
    await this.page.getByText("Hub and starting point").click();
    await this.page.getByLabel("Hub", { exact: true }).fill(name);
    await this.page.getByLabel("Start after").fill(start);
    await this.page.getByRole("button", { name: "Subscribe", exact: true }).click();
  }

  /** Waits for the element to have this text. */
  shows(selector, text) {
    return until(
      async () => (await this.page.textContent(selector)) === text,
      () => `${selector} to show ${JSON.stringify(text)}`,
    );
  }

  /** The rows of the log, oldest first. */
  async rows() {
    const shown = await this.page.locator("#log > li").evaluateAll((items) =>
      items.map((item) => ({
        kind: item.className,
        type: item.querySelector(".type")?.textContent,
        topics: Array.from(item.querySelectorAll(".topic"), (topic) => topic.textContent),
        data: item.querySelector(".data")?.textContent,
        id: item.querySelector(".id")?.textContent,
        time: item.querySelector("time").dateTime,
      })),
    );
    return shown.reverse();
  }

  /** Waits for an update with this data, and returns all rows. */
  showsUpdate(data) {
    return until(
      async () => {
        const rows = await this.rows();
        return rows.some((row) => row.data === data) && rows;
      },
      () => `an update with the data ${data}`,
    );
  }

  async data() {
    return (await this.rows()).filter(({ kind }) => kind === "update").map((row) => row.data);
  }
}
