// How the page looks on screens of several sizes, and to assistive technology.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { publish } from "./clients.mjs";
import { Page } from "./page.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const PHONE = { width: 390, height: 844 };
const SCREEN = { width: 1280, height: 720 };

const ui = Page.forTests({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });

/** The page with updates of several kinds, a problem at a field, and a note of a gap. */
const STATES = {
  empty: () => ui.subscribed(),
  async updates() {
    const hub = await ui.subscribed({ start: "never" });
    await publish(ui.server.hub(hub), { topic: ["a", "b", "c", "d", "e", "f", "g"], type: "x", data: '{"a":[1]}' });
    await publish(ui.server.hub(hub), { topic: "long".repeat(200), data: `${"word".repeat(300)}\n`.repeat(60) });
    await publish(ui.server.hub(hub), { topic: "a", data: "end" });
    await ui.showsUpdate("end");
    await ui.page.getByText("Type, id, reconnection time, private").click();
    await ui.page.getByLabel("Retry").fill("soon");
    await ui.page.locator("#data").press("Control+Enter");
    await ui.page.waitForSelector("#outcome.problem");
  },
  async refused() {
    // A closed hub answers so; the other tests of the page have one.
    const problem = { title: "Unauthorized", detail: "this needs a token", status: 401 };
    await ui.page.route("**/.well-known/mercure*", (route) =>
      route.fulfill({ status: 401, contentType: "application/problem+json", body: JSON.stringify(problem) }),
    );
    await ui.open();
    await ui.shows("#state-name", "Refused");
    await ui.page.locator("#data").press("Control+Enter");
    await ui.page.waitForSelector("#outcome.problem");
  },
};

for (const [state, show] of Object.entries(STATES)) {
  test(`axe finds nothing to mend, and nothing is wider than the screen: ${state}`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      for (const viewport of [PHONE, SCREEN]) {
        await ui.renew({ colorScheme, viewport });
        await show();
        await ui.page.evaluate(AXE);
        const found = await ui.page.evaluate(
          async (values) => (await globalThis.axe.run({ runOnly: { type: "tag", values } })).violations,
          RULES,
        );
        const violations = found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        assert.deepEqual(violations, [], `${colorScheme}, ${viewport.width}`);
        const width = await ui.page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= viewport.width, `${width} of ${viewport.width}`);
      }
    }
  });
}

test("nothing covers a button, wherever the page is scrolled to", async () => {
  for (const viewport of [PHONE, SCREEN, { width: 1000, height: 400 }]) {
    await ui.renew({ viewport });
    const hub = await ui.subscribed();
    for (let sent = 0; sent < 30; sent += 1) await publish(ui.server.hub(hub), { topic: "a", data: `${sent}` });
    await ui.showsUpdate("29");
    const seen = await ui.page.evaluate(() => {
      const seen = new Set();
      const isSeen = (button) => {
        const { left, top, width, height } = button.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        return y > 0 && y < innerHeight ? document.elementFromPoint(x, y) : null;
      };
      for (let at = 0; at <= document.documentElement.scrollHeight; at += 50) {
        scrollTo(0, at);
        for (const button of document.querySelectorAll("button")) {
          if (button.checkVisibility() === false) continue;
          const there = isSeen(button);
          if (there === null) continue;
          if (!button.contains(there)) return `${button.textContent} is under ${there.outerHTML} at ${at}`;
          seen.add(button.textContent);
        }
      }
      return [...seen].filter((text) => text.startsWith("Copy")).length;
    });
    assert.equal(seen, 2, `${JSON.stringify(viewport)}: both buttons that copy were seen`);
  }
});

test("on a phone the newest update is on the first screen", async () => {
  await ui.renew({ viewport: PHONE });
  const hub = await ui.subscribed();
  await publish(ui.server.hub(hub), { topic: "a", data: "newest" });
  await ui.showsUpdate("newest");
  await ui.page.evaluate(() => scrollTo(0, 0));
  const { y, height } = await ui.page.locator("#log > li").first().boundingBox();
  assert.ok(y + height < PHONE.height / 2, `it ends at ${y + height}`);
});
