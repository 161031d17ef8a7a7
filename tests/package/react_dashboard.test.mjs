// examples/react-dashboard: a page with hooks and its Worker, as vite builds them, over a network that is lost.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { Cable } from "../e2e/cable.mjs";
import { until } from "../e2e/until.mjs";
import { opened } from "./page.mjs";
import { Project } from "./project.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** An order is three updates, so the hub remembers three orders. */
const HISTORY_UPDATES = 9;

let project;
let server;
let cable;
before(async () => {
  project = await Project.install("examples/react-dashboard");
  project.write("wrangler.toml", `${project.read("wrangler.toml")}\n[vars]\nMILLSTREAM_HISTORY_UPDATES = "${HISTORY_UPDATES}"\n`);
  await project.run("wrangler", "types");
  await project.run("vite", "build");
  server = await project.vite("preview");
  cable = await Cable.to(Number(new URL(server.origin).port));
});
after(async () => {
  cable?.close();
  await project?.remove();
});

/** The dashboard, when its streams are there. */
async function dashboard(t) {
  const page = await opened(t, cable.at("http://localhost/").href);
  const shown = {
    page,
    /** How often the orders were loaded since. */
    loads: 0,
    says: (pattern) => until(async () => pattern.test(await page.getByRole("status").textContent()), () => `${pattern}`),
    order: () => page.getByRole("button", { name: "Place order" }).click(),
    orders: () => page.locator("li .number").allTextContents(),
    /** Waits until these orders are the newest, and each is shown once. */
    async shows(...newest) {
      let numbers;
      const isSo = async () => {
        numbers = await shown.orders();
        return newest.every((number, index) => numbers[index] === `#${number}`);
      };
      await until(isSo, () => `${newest} in ${numbers}`);
      assert.deepEqual([...new Set(numbers)], numbers);
    },
  };
  await shown.says(/^Live$/);
  page.on("request", (request) => (shown.loads += new URL(request.url()).pathname === "/orders" && request.method() === "GET" ? 1 : 0));
  return shown;
}

/** Places an order at the server itself, and gives its number. */
async function ordered() {
  assert.equal((await fetch(`${server.origin}/orders`, { method: "POST", body: "Cake" })).status, 204);
  const { orders } = await (await fetch(`${server.origin}/orders`)).json();
  return orders[0].id;
}

test("the page and the Worker compile with strict types", async () => {
  await project.run("tsc", "--strict", "--noEmit");
  await project.run("tsc", "--strict", "--noEmit", "-p", "worker");
});

test("an order of one page is shown once by two, is packed by keys, and moves the metrics", async (t) => {
  const pages = [await dashboard(t), await dashboard(t)];
  await pages[0].order();
  for (const page of pages) await page.shows(1);
  await pages[1].page.getByRole("button", { name: "Pack order 1" }).press("Enter");
  for (const { page } of pages) {
    await page.getByRole("button", { name: "Order 1 is packed" }).waitFor();
    const values = () => page.locator(".value").allTextContents();
    await until(async () => (await values()).join() === "1 ,4 €", "the metrics of one order");
  }
  const focused = await pages[1].page.evaluate(() => document.activeElement.textContent);
  assert.equal(focused, "Packed", "the focus is where it was");
});

test("a page says that it is live once, when its orders are there", async (t) => {
  const { page, says } = await dashboard(t);
  await ordered();
  await page.addInitScript(() => {
    globalThis.said = [];
    const look = () => {
      const text = document.querySelector("[role=status]")?.textContent;
      if (text && text !== said.at(-1)) said.push(text);
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
  });
  const asked = Promise.withResolvers();
  await page.route("**/orders", asked.resolve);
  await page.reload();
  await page.locator(".value").filter({ hasText: /\d/ }).first().waitFor();
  assert.deepEqual(await page.evaluate(() => said), ["Connecting …"]);
  await (await asked.promise).continue();
  await says(/^Live$/);
  assert.deepEqual(await page.evaluate(() => said), ["Connecting …", "Live"]);
});

test("a page that was cut off says so, and then shows what it has missed without loading it", async (t) => {
  const shown = await dashboard(t);
  cable.cut();
  await shown.says(/^Not connected/);
  const missed = await ordered();
  assert.ok(!(await shown.orders()).includes(`#${missed}`));
  cable.mend();
  await shown.shows(missed, missed - 1);
  await shown.says(/^Live$/);
  assert.equal(shown.loads, 0);
});

test("after a gap the page loads the orders", async (t) => {
  const shown = await dashboard(t);
  cable.cut();
  await shown.says(/^Not connected/);
  const missed = [];
  for (let count = 0; count < HISTORY_UPDATES; count += 1) missed.unshift(await ordered());
  cable.mend();
  await shown.shows(...missed);
  assert.equal(shown.loads, 1);
});

test("a page that pauses shows nothing new, and catches up when it goes on", async (t) => {
  const shown = await dashboard(t);
  await shown.page.getByRole("button", { name: "Pause" }).click();
  await shown.says(/^Paused$/);
  const missed = await ordered();
  assert.ok(!(await shown.orders()).includes(`#${missed}`));
  await shown.page.getByRole("button", { name: "Go on" }).click();
  await shown.shows(missed);
});

test("axe finds nothing to mend, and nothing is wider than the screen", async (t) => {
  const { page } = await dashboard(t);
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, height] of [[390, 844], [1280, 720]]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      await page.evaluate(AXE);
      const run = (values) => globalThis.axe.run({ runOnly: { type: "tag", values } });
      const { violations } = await page.evaluate(run, RULES);
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], `${colorScheme}, ${width}`);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${width}`);
    }
  }
});
