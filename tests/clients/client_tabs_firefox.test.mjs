// The tabs of Firefox have one connection, by its own locks and channels.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import puppeteer from "puppeteer-core";
import { publish } from "../e2e/clients.mjs";
import { Server } from "../e2e/server.mjs";
import { until } from "../e2e/until.mjs";

let server;
let browser;
const application = createServer((_request, response) => response.setHeader("content-type", "text/html").end("<!doctype html>"));
before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true", CORS_ORIGINS: "*" } });
  await once(application.listen(0, "127.0.0.1"), "listening");
  const executablePath = execFileSync("sh", ["-c", "command -v firefox-esr || command -v firefox"], { encoding: "utf8" }).trim();
  browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
});
after(() => browser?.close());
after(() => application.close());
after(() => server?.stop());

/** The client as a script, which makes it a global of the page. */
async function script() {
  const entryPoints = [fileURLToPath(new URL("../../npm/client/tabs.mjs", import.meta.url))];
  const made = await build({ entryPoints, bundle: true, format: "iife", globalName: "client", write: false, logLevel: "error" });
  return `${made.outputFiles[0].text}; globalThis.client = client;`;
}

/** Opens a tab that reads the hub. The application is of another origin. */
async function openTab(hub) {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${application.address().port}`);
  await page.evaluate((script) => void new Function(script)(), await script());
  await page.evaluate((hub) => {
    globalThis.told = [];
    const onUpdate = ({ text }) => globalThis.told.push(text);
    globalThis.subscription = globalThis.client.subscribe(hub, { topics: "*", user: null, onUpdate });
  }, hub);
  await until(() => page.evaluate(() => globalThis.subscription.state.name === "open"), "an open stream");
  return page;
}

const told = (page) => page.evaluate(() => globalThis.told);

test("the tabs of Firefox have one connection, and lose nothing when the leading one is closed or hears nothing", async () => {
  const hub = server.hub("firefox");
  const published = [];
  const burst = async (count) => {
    for (let left = count; left > 0; left -= 1) {
      published.push(`update ${published.length}`);
      await publish(hub, { topic: "news", data: published.at(-1) });
    }
  };
  const agree = async (pages) => {
    for (const page of pages) {
      await until(async () => (await told(page)).length >= published.length, "all updates");
      assert.deepEqual(await told(page), published);
    }
  };
  const [first, second, third] = [await openTab(hub), await openTab(hub), await openTab(hub)];
  await burst(10);
  await agree([first, second, third]);
  assert.equal(await server.connections("firefox"), 1);

  await Promise.all([burst(30), first.close()]);
  await agree([second, third]);
  assert.equal(await server.connections("firefox"), 1);

  const heard = second.evaluate((time) => {
    for (const end = performance.now() + time; performance.now() < end; );
  }, 30_000);
  await burst(5);
  await until(async () => (await told(third)).length === published.length, "another leader", 40_000);
  await heard;
  await burst(5);
  await agree([second, third]);
});
