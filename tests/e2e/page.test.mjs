// The page, in Chromium, with the browser's own EventSource.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { chromium } from "playwright-core";
import { FLAGS, chromiumPath } from "./browser.mjs";
import { post, publish, subscribeUrl } from "./clients.mjs";
import { Server } from "./server.mjs";
import { DEADLINE, until } from "./until.mjs";

let server;
let browser;
let page;
/** What the browser complained about: violations of the policy and uncaught errors. */
let complaints;
let count = 0;

before(async () => {
  server = await Server.start({ vars: { ANONYMOUS_PUBLISH: "true" } });
  browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  page = await browser.newPage();
  page.setDefaultTimeout(DEADLINE);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted Type/i.test(message.text())) complaints.push(message.text());
  });
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
});
afterEach(async () => {
  await page.close();
  assert.deepEqual(complaints, []);
});

/** Opens the page and subscribes to all of a hub of its own. */
async function subscribed({ types = "" } = {}) {
  const name = `page-${(count += 1)}`;
  await page.goto(`${server.origin}/`);
  await page.getByLabel("Hub", { exact: true }).fill(name);
  if (types) {
    await page.getByText("Event types and starting point").click();
    await page.getByLabel("Event types").fill(types);
  }
  await page.getByRole("button", { name: "Subscribe", exact: true }).click();
  await shows("#state-name", "Open");
  return name;
}

/** Waits for the element to have this text. */
function shows(selector, text) {
  return until(
    async () => (await page.textContent(selector)) === text,
    () => `${selector} to show ${JSON.stringify(text)}`,
  );
}

/** The rows of the log, oldest first. */
async function rows() {
  const shown = await page.locator("#log > li").evaluateAll((items) =>
    items.map((item) => ({
      kind: item.className,
      type: item.querySelector(".type")?.textContent,
      data: item.querySelector(".data")?.textContent,
      id: item.querySelector(".id")?.textContent,
      time: item.querySelector("time").dateTime,
    })),
  );
  return shown.reverse();
}

const data = async () => (await rows()).filter(({ kind }) => kind === "update").map((row) => row.data);

test("an update published through the form arrives with type, id and time", async () => {
  const before = Date.now();
  const hub = await subscribed();
  const form = page.locator("#publish");
  await form.getByLabel("Topics").fill("news\nnews/local");
  await form.getByLabel("Data").fill("The river rose.\nBy 4 cm.");
  await form.getByText("Type, id, reconnection time, private").click();
  await form.getByLabel("Type", { exact: true }).fill("level");
  await form.getByLabel("Id", { exact: true }).fill("level 1/2");
  await form.getByRole("button", { name: "Publish" }).click();
  await shows("#received", "1");
  await shows("#outcome", "Publishedlevel 1/2");
  const [row, ...others] = await until(async () => {
    const shown = await rows();
    return shown.length > 0 && shown;
  }, "a row");
  assert.deepEqual(others, []);
  const { time, ...rest } = row;
  assert.deepEqual(rest, { kind: "update", type: "level", data: "The river rose.\nBy 4 cm.", id: "level 1/2" });
  assert.ok(Date.parse(time) >= before - 1 && Date.parse(time) <= Date.now() + 1, time);
  await shows("#last-event-id", "level 1/2");
});

test("markup in an update stays text", async () => {
  const hub = await subscribed();
  const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  await publish(server.hub(hub), { topic: "<b>", data: markup, id: "<i>id</i>" });
  await shows("#log .data", markup);
  assert.equal(await page.textContent("#log .id"), "<i>id</i>");
  assert.equal(await page.locator("#log img, #log script, #log i").count(), 0);
});

test("the policy stands in the header and in the page, and lets in nothing from elsewhere", async () => {
  const response = await page.goto(`${server.origin}/`);
  const headers = response.headers();
  const inPage = await page.getAttribute("meta[http-equiv=Content-Security-Policy]", "content");
  for (const policy of [headers["content-security-policy"], inPage]) {
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  }
  assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["x-frame-options"], "DENY");
  const inline = await page.evaluate(() => {
    const violation = new Promise((resolve) => {
      document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective), {
        once: true,
      });
    });
    const style = document.createElement("style");
    style.textContent = "body { display: none }";
    document.head.append(style);
    return violation;
  });
  assert.equal(inline, "style-src-elem");
  complaints = complaints.filter((text) => !text.includes("inline style"));
});

test("typed updates of others are shown when their type is listed, open and error among them", async () => {
  const hub = await subscribed({ types: "price, error" });
  for (const type of ["price", "unlisted", "error", "open"]) {
    await publish(server.hub(hub), { topic: "a", type, data: type });
  }
  await publish(server.hub(hub), { topic: "a", data: "end" });
  await until(async () => (await data()).includes("end"), "the last update");
  assert.deepEqual(await data(), ["price", "error", "open", "end"]);
  assert.equal(await page.textContent("#state-name"), "Open");
});

test("a refused publish shows the problem and marks its field", async () => {
  await page.goto(`${server.origin}/`);
  const form = page.locator("#publish");
  await form.getByText("Type, id, reconnection time, private").click();
  await form.getByLabel("Retry").fill("soon");
  await form.getByLabel("Data").press("Control+Enter");
  await page.waitForSelector("#outcome.problem");
  const answer = await post(server.hub(), { topic: "a", retry: "soon" });
  const { title, detail } = await answer.json();
  assert.equal(await page.textContent("#outcome"), `${title}${detail}Field: retry`);
  assert.equal(await form.getByLabel("Retry").getAttribute("aria-invalid"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.id), "retry");
});

test("a refused subscription is closed with the hub's reason", async () => {
  const start = "x".repeat(1_025);
  await page.goto(`${server.origin}/`);
  await page.getByText("Event types and starting point").click();
  await page.getByLabel("Start after").fill(start);
  await page.getByRole("button", { name: "Subscribe", exact: true }).click();
  await shows("#state-name", "Closed");
  const refusal = await fetch(subscribeUrl(server.hub(), ["*"], { lastEventID: start }));
  const { title, detail } = await refusal.json();
  assert.equal(await page.textContent("#state-reason"), `${title}: ${detail}`);
  assert.equal(await page.isDisabled("#close"), true);
});

test("an unknown starting point shows the gap, and then what comes", async () => {
  const name = `page-${(count += 1)}`;
  await page.goto(`${server.origin}/`);
  await page.locator("#hub").fill(name);
  await page.getByText("Event types and starting point").click();
  await page.getByLabel("Start after").fill("never");
  await page.getByLabel("Start after").press("Control+Enter");
  await page.waitForSelector("#log .gap");
  await publish(server.hub(name), { topic: "a", data: "next" });
  await shows("#received", "1");
  await until(async () => (await data()).includes("next"), "the update");
  assert.deepEqual(
    (await rows()).map(({ kind }) => kind),
    ["note gap", "update"],
  );
  assert.match(await page.textContent("#log .gap"), /\bnever\b/);
});

test("the page is subscribed to everything as soon as it is open", async () => {
  await page.goto(`${server.origin}/`);
  await shows("#state-name", "Open");
  await publish(server.hub(), { topic: "any", data: "at once" });
  await until(async () => (await data()).includes("at once"), "the update");
});

test("everything that is held is shown from earliest on", async () => {
  const name = `page-${(count += 1)}`;
  for (const item of ["1", "2"]) await publish(server.hub(name), { topic: "a", data: item });
  await page.goto(`${server.origin}/`);
  await page.locator("#hub").fill(name);
  await page.getByText("Event types and starting point").click();
  await page.getByLabel("Start after").fill("earliest");
  await page.getByRole("button", { name: "Subscribe", exact: true }).click();
  await shows("#received", "2");
  await until(async () => (await data()).length === 2, "both rows");
  assert.deepEqual(await data(), ["1", "2"]);
});

test("the page is used by keyboard alone", async () => {
  await page.goto(`${server.origin}/`);
  await page.locator("#topics").press("Control+Enter");
  await shows("#state-name", "Open");
  const order = [];
  await page.locator("#hub").focus();
  for (let step = 0; step < 12; step += 1) {
    order.push(await page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim()));
    await page.keyboard.press("Tab");
  }
  assert.deepEqual(order, [
    "hub",
    "topics",
    "Event types and starting point",
    "Subscribe",
    "close",
    "publish-topics",
    "data",
    "Type, id, reconnection time, private",
    "Publish",
    "Copy the subscribe command",
    "curl-subscribe",
    "Copy the publish command",
  ]);
  await page.locator("#data").press("Control+Enter");
  await shows("#received", "1");
});

test("the curl commands are for the hub and topics at hand, and work in a shell", async () => {
  const hub = await subscribed();
  await page.locator("#topics").fill("it's\na&b");
  const url = new URL(server.hub(hub));
  assert.equal(await page.textContent("#curl-subscribe"), `curl -N '${url}?topic=it%27s&topic=a%26b'`);
  await page.locator("#publish-topics").fill("it's");
  await page.locator("#data").fill("'quoted' $HOME\n`date`");
  const id = execFileSync("sh", ["-c", (await page.textContent("#curl-publish")).replace("curl", "curl -sS")], {
    encoding: "utf8",
  });
  assert.match(id, /^urn:uuid:/);
  await shows("#log .data", "'quoted' $HOME\n`date`");
});

test("the log keeps the newest 500 updates", async () => {
  const hub = await subscribed();
  for (let sent = 0; sent < 510; sent += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => publish(server.hub(hub), { topic: "a", data: `${sent + at}` })),
    );
  }
  await publish(server.hub(hub), { topic: "a", data: "end" });
  await shows("#received", "511");
  await until(async () => (await data()).at(-1) === "end", "the last update");
  assert.equal((await rows()).length, 500);
  assert.equal(await page.textContent("#shown"), "The newest 500, newest first.");
});

test("after kill -9 the page resumes exactly once, and says so", async () => {
  const hub = await subscribed();
  await publish(server.hub(hub), { topic: "a", data: "1", id: "update-1", retry: "200" });
  await publish(server.hub(hub), { topic: "a", data: "2", id: "update-2" });
  await shows("#received", "2");
  await server.kill();
  await shows("#state-name", "Reconnecting");
  await server.restart();
  await publish(server.hub(hub), { topic: "a", data: "3", id: "update-3" });
  await shows("#state-name", "Open");
  await publish(server.hub(hub), { topic: "a", data: "4", id: "update-4" });
  await until(async () => (await data()).includes("4"), "the last update");
  assert.deepEqual(await data(), ["1", "2", "3", "4"]);
  assert.equal(await page.textContent("#received"), "4");
  assert.equal(await page.textContent("#resumes"), "1");
  assert.match(await page.textContent("#log .resumed"), /update-2/);
  assert.equal(await page.locator("#log .gap").count(), 0);
});
