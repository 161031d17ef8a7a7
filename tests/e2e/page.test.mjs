// The page on an open hub, in Chromium.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { Subscriber, post, publish, subscribeUrl } from "./clients.mjs";
import { Page } from "./page.mjs";
import { until } from "./until.mjs";

const ui = Page.forTests({
  vars: { ANONYMOUS_PUBLISH: "true", HUBS: JSON.stringify({ narrow: { MAX_CONNECTIONS: "1" } }) },
});

test("an update published through the form arrives with type, id and time", async () => {
  const before = Date.now();
  const hub = await ui.subscribed();
  const form = ui.page.locator("#publish");
  await form.getByLabel("Topics").fill("news\nnews/local");
  await form.getByLabel("Data").fill("The river rose.\nBy 4 cm.");
  await form.getByText("Type, id, reconnection time, private").click();
  await form.getByLabel("Type", { exact: true }).fill("level");
  await form.getByLabel("Id", { exact: true }).fill("level 1/2");
  await form.getByRole("button", { name: "Publish" }).click();
  await ui.shows("#received", "1");
  await ui.shows("#outcome", "Publishedlevel 1/2");
  const [row, ...others] = await ui.showsUpdate("The river rose.\nBy 4 cm.");
  assert.deepEqual(others, []);
  const { time, ...rest } = row;
  assert.deepEqual(rest, {
    kind: "update",
    type: "level",
    topics: ["news", "news/local"],
    data: "The river rose.\nBy 4 cm.",
    id: "level 1/2",
  });
  assert.ok(Date.parse(time) >= before - 1 && Date.parse(time) <= Date.now() + 1, time);
  await ui.shows("#last-event-id", "level 1/2");
});

test("markup in an update stays text", async () => {
  const hub = await ui.subscribed();
  const markup = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
  await publish(ui.server.hub(hub), { topic: "<b>", data: markup, id: "<i>id</i>" });
  await ui.shows("#log .data", markup);
  assert.equal(await ui.page.textContent("#log .id"), "<i>id</i>");
  assert.equal(await ui.page.locator("#log img, #log script, #log i").count(), 0);
});

test("the policy stands in the header and in the page, and lets in nothing from elsewhere", async () => {
  const response = await ui.open();
  const headers = response.headers();
  const inPage = await ui.page.getAttribute("meta[http-equiv=Content-Security-Policy]", "content");
  for (const policy of [headers["content-security-policy"], inPage]) {
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  }
  assert.match(headers["content-security-policy"], /frame-ancestors 'none'/);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["x-frame-options"], "DENY");
  const inline = await ui.page.evaluate(() => {
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
  ui.complaints = ui.complaints.filter((text) => !text.includes("inline style"));
});

test("an update of any type is shown, and counted, and so is one that is named like an event of the hub", async () => {
  const hub = await ui.subscribed();
  for (const type of ["price", "open", "error", "gap", "place"]) {
    await publish(ui.server.hub(hub), { topic: "a", type, data: type });
  }
  await publish(ui.server.hub(hub), { topic: "a", data: "end" });
  const shown = await ui.showsUpdate("end");
  assert.deepEqual(
    shown.map(({ kind, type, data }) => [kind, type, data]),
    [...["price", "open", "error", "gap", "place"].map((type) => ["update", type, type]), ["update", "message", "end"]],
  );
  await ui.shows("#received", "6");
  assert.equal(await ui.page.textContent("#state-name"), "Open");
});

test("each update has its own topics on its row, the sixth and further ones behind a click", async () => {
  const hub = await ui.subscribed();
  const many = Array.from({ length: 8 }, (_, at) => `many/${at}`);
  await publish(ui.server.hub(hub), { topic: many, data: "1" });
  await publish(ui.server.hub(hub), { topic: "<i>one</i>: 2", data: "2" });
  const shown = await ui.showsUpdate("2");
  assert.deepEqual(
    shown.map(({ topics }) => topics),
    [many, ["<i>one</i>: 2"]],
  );
  const sixth = ui.page.getByText("many/5");
  assert.equal(await sixth.isVisible(), false);
  await ui.page.getByText("3 more").click();
  assert.equal(await sixth.isVisible(), true);
});

test("JSON is indented and keeps every token, raw on demand", async () => {
  const hub = await ui.subscribed();
  const json = '{"id":12345678901234567890,"a":[1.0,{}, [ ]],"a":"<b>{[,:]}\\"</b>"}';
  await publish(ui.server.hub(hub), { topic: "a", data: json });
  const pretty = [
    "{",
    '\t"id": 12345678901234567890,',
    '\t"a": [',
    "\t\t1.0,",
    "\t\t{},",
    "\t\t[]",
    "\t],",
    '\t"a": "<b>{[,:]}\\"</b>"',
    "}",
  ].join("\n");
  await ui.showsUpdate(pretty);
  await ui.page.getByRole("button", { name: "Raw JSON" }).click();
  assert.deepEqual(await ui.data(), [json]);
  await publish(ui.server.hub(hub), { topic: "a", data: "[1]" });
  await ui.showsUpdate("[1]");
  await ui.page.getByRole("button", { name: "Raw JSON" }).click();
  assert.deepEqual(await ui.data(), [pretty, "[\n\t1\n]"]);
  for (const text of ["{almost: 1}", "[1", "12", `${"[".repeat(40)}${"]".repeat(40)}`, `["${"x".repeat(70_000)}"]`]) {
    await publish(ui.server.hub(hub), { topic: "a", data: text });
    await ui.showsUpdate(text);
  }
});

test("a refused publish shows the problem and marks its field", async () => {
  await ui.open();
  const form = ui.page.locator("#publish");
  await form.getByText("Type, id, reconnection time, private").click();
  await form.getByLabel("Retry").fill("soon");
  await form.getByLabel("Data").press("Control+Enter");
  await ui.page.waitForSelector("#outcome.problem");
  const answer = await post(ui.server.hub(), { topic: "a", retry: "soon" });
  const { title, detail } = await answer.json();
  assert.equal(await ui.page.textContent("#outcome"), `${title}${detail}Field: retry`);
  assert.equal(await form.getByLabel("Retry").getAttribute("aria-invalid"), "true");
  assert.equal(await ui.page.evaluate(() => document.activeElement.id), "retry");
});

test("a refused subscription is closed with the hub's reason", async () => {
  const start = "x".repeat(1_025);
  await ui.open();
  await ui.subscribe({ name: "", start });
  await ui.shows("#state-name", "Refused");
  const refusal = await fetch(subscribeUrl(ui.server.hub(), ["*"], { lastEventID: start }));
  const { title, detail } = await refusal.json();
  assert.equal(await ui.page.textContent("#state-reason"), `${title}: ${detail}`);
  assert.equal(await ui.page.isDisabled("#close"), true);
  assert.equal(await ui.page.isHidden("#help"), true, "a token is no help");
  assert.match(await ui.page.textContent("#empty"), /refused/);
});

test("a full hub is no stream: the page says so, and comes in once there is room", async () => {
  const other = await Subscriber.open(ui.server.hub("narrow"), ["*"]);
  await ui.open();
  await ui.subscribe({ name: "narrow", start: "" });
  await until(async () => /1 connections already/.test(await ui.page.textContent("#state-reason")), "the reason");
  assert.equal(await ui.page.textContent("#state-name"), "Connecting");
  other.close();
  await ui.shows("#state-name", "Open");
  assert.equal(await ui.page.textContent("#resumes"), "0");
});

test("an unknown starting point shows the gap, and then what comes", async () => {
  const name = ui.newHub();
  await ui.open();
  await ui.subscribe({ name, start: "never" });
  await ui.page.waitForSelector("#log .gap");
  await publish(ui.server.hub(name), { topic: "a", data: "next" });
  await ui.shows("#received", "1");
  await ui.showsUpdate("next");
  assert.deepEqual(
    (await ui.rows()).map(({ kind }) => kind),
    ["note gap", "update"],
  );
  assert.match(await ui.page.textContent("#log .gap"), /\bnever\b/);
});

test("the page is subscribed to everything as soon as it is open", async () => {
  await ui.open();
  await ui.shows("#state-name", "Open");
  await publish(ui.server.hub(), { topic: "any", data: "at once" });
  await ui.showsUpdate("at once");
});

test("everything that is held is shown from earliest on", async () => {
  const name = ui.newHub();
  for (const item of ["1", "2"]) await publish(ui.server.hub(name), { topic: "a", data: item });
  await ui.open();
  await ui.subscribe({ name, start: "earliest" });
  await ui.shows("#received", "2");
  await until(async () => (await ui.data()).length === 2, "both rows");
  assert.deepEqual(await ui.data(), ["1", "2"]);
});

test("the page is used by keyboard alone", async () => {
  await ui.open();
  await ui.page.locator("#topics").press("Control+Enter");
  await ui.shows("#state-name", "Open");
  const order = [];
  await ui.page.locator("#raw").focus();
  for (let step = 0; step < 15; step += 1) {
    order.push(await ui.page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim()));
    await ui.page.keyboard.press("Tab");
  }
  assert.deepEqual(order, [
    "raw",
    "topics",
    "token",
    "show-token",
    "clear-token",
    "Hub and starting point",
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
  await ui.page.locator("#data").press("Control+Enter");
  await ui.shows("#received", "1");
});

test("the curl commands are for the hub and topics at hand, and work in a shell", async () => {
  const hub = await ui.subscribed();
  await ui.page.locator("#topics").fill("it's\na&b");
  const url = new URL(ui.server.hub(hub));
  assert.equal(await ui.page.textContent("#curl-subscribe"), `curl -N '${url}?topic=it%27s&topic=a%26b'`);
  await ui.page.locator("#publish-topics").fill("it's");
  await ui.page.locator("#data").fill("'quoted' $HOME\n`date`");
  const id = execFileSync("sh", ["-c", (await ui.page.textContent("#curl-publish")).replace("curl", "curl -sS")], {
    encoding: "utf8",
  });
  assert.match(id, /^urn:uuid:/);
  await ui.shows("#log .data", "'quoted' $HOME\n`date`");
});

test("the log keeps the newest 500 updates", async () => {
  const hub = await ui.subscribed();
  for (let sent = 0; sent < 510; sent += 10) {
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => publish(ui.server.hub(hub), { topic: "a", data: `${sent + at}` })),
    );
  }
  await publish(ui.server.hub(hub), { topic: "a", data: "end" });
  await ui.shows("#received", "511");
  await until(async () => (await ui.data()).at(-1) === "end", "the last update");
  assert.equal((await ui.rows()).length, 500);
  assert.equal(await ui.page.textContent("#shown"), "The newest 500, newest first.");
});

test("what is empty says why", async () => {
  await ui.subscribed();
  assert.match(await ui.page.textContent("#empty"), /^Nothing yet\. Publish something/);
  await ui.page.getByRole("button", { name: "Close" }).click();
  await ui.shows("#state-name", "Closed");
  assert.match(await ui.page.textContent("#empty"), /Subscribe to see/);
});

test("after kill -9 the page resumes exactly once, and says so", async () => {
  const hub = await ui.subscribed();
  await publish(ui.server.hub(hub), { topic: "a", data: "1", id: "update-1", retry: "200" });
  await publish(ui.server.hub(hub), { topic: "a", data: "2", id: "update-2" });
  await ui.shows("#received", "2");
  await ui.server.kill();
  await ui.shows("#state-name", "Reconnecting");
  await ui.server.restart();
  await publish(ui.server.hub(hub), { topic: "a", data: "3", id: "update-3" });
  await ui.shows("#state-name", "Open");
  await publish(ui.server.hub(hub), { topic: "a", data: "4", id: "update-4" });
  await ui.showsUpdate("4");
  assert.deepEqual(await ui.data(), ["1", "2", "3", "4"]);
  assert.equal(await ui.page.textContent("#received"), "4");
  assert.equal(await ui.page.textContent("#resumes"), "1");
  assert.match(await ui.page.textContent("#log .resumed"), /update-2/);
  assert.equal(await ui.page.locator("#log .gap").count(), 0);
});

test("once the hub answers again no error of before is left", async () => {
  await ui.subscribed();
  await ui.page.locator("#data").fill("after");
  await ui.server.kill();
  await ui.shows("#state-name", "Reconnecting");
  await ui.page.locator("#data").press("Control+Enter");
  await ui.shows("#outcome", "The hub cannot be reached");
  await until(async () => (await ui.page.textContent("#state-reason")) !== "", "a reason");
  await ui.server.restart();
  await ui.shows("#state-name", "Open");
  assert.equal(await ui.page.textContent("#state-reason"), "");
  assert.equal(await ui.page.textContent("#outcome"), "");
  await ui.page.locator("#data").press("Control+Enter");
  await ui.showsUpdate("after");
  assert.equal((await ui.rows()).length, 2, "a note and the update");
});
