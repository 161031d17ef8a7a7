// The page on a hub that is closed: its field for a token.
import assert from "node:assert/strict";
import { test } from "node:test";
import { post } from "./clients.mjs";
import { Page } from "./page.mjs";
import { DIALECTS, KEYS, bearer, token0 } from "./tokens.mjs";
import { until } from "./until.mjs";

const ui = Page.forTests({ kind: "workerd", vars: { ...KEYS, ANONYMOUS_SUBSCRIBE: "" } });
const TOKEN = await token0({ publish: ["*"], subscribe: ["*"] });

/** Opens the page, which a closed hub refuses. */
async function refused() {
  await ui.open();
  await ui.shows("#state-name", "Refused");
}

/** Enters the token and subscribes. */
async function enter(token) {
  await ui.page.getByLabel("Token", { exact: true }).fill(token);
  await ui.page.getByRole("button", { name: "Subscribe", exact: true }).click();
}

const kept = () => ui.page.evaluate(() => sessionStorage.getItem("millstream-token"));

async function publishPrivately(data) {
  const response = await post(ui.server.hub(), { topic: "a", data, private: "on" }, { headers: bearer(TOKEN) });
  assert.equal(response.status, 200);
}

test("without a token it shows the hub's reason, and how to get a token", async () => {
  await refused();
  const answer = await fetch(`${ui.server.hub()}?topic=*`);
  const { title, detail } = await answer.json();
  assert.equal(answer.status, 401);
  assert.equal(await ui.page.textContent("#state-reason"), `${title}: ${detail}`);
  assert.match(await ui.page.innerText("#help"), /Paste a token[^]*npx millstream token --subscribe '\*'/);
  await ui.page.getByRole("button", { name: "Enter a token" }).click();
  assert.equal(await ui.page.evaluate(() => document.activeElement.id), "token");
  await ui.page.locator("#data").press("Control+Enter");
  await ui.page.waitForSelector("#outcome.problem");
  assert.match(await ui.page.textContent("#outcome"), /npx millstream token --publish '\*'/);
});

test("with a token it subscribes and publishes, also privately", async () => {
  await refused();
  await ui.page.locator("#data").press("Control+Enter");
  await ui.page.waitForSelector("#outcome.problem");
  await enter(TOKEN);
  await ui.shows("#state-name", "Open");
  assert.equal(await ui.page.textContent("#state-reason"), "");
  assert.equal(await ui.page.isHidden("#help"), true);
  assert.equal(await ui.page.textContent("#outcome"), "", "what another token may do is not refused any more");
  await publishPrivately("for who has the grant");
  await ui.showsUpdate("for who has the grant");
  await ui.page.getByText("Type, id, reconnection time, private").click();
  await ui.page.getByLabel("Private").check();
  await ui.page.locator("#data").fill("from the page");
  await ui.page.locator("#data").press("Control+Enter");
  await ui.showsUpdate("from the page");
});

test("a token of 1.0 is taken too", async () => {
  await refused();
  await enter(await DIALECTS["1.0"].token(ui.server.hub()));
  await ui.shows("#state-name", "Open");
});

test("with a token it resumes without a loss", async () => {
  await refused();
  await enter(TOKEN);
  await ui.shows("#state-name", "Open");
  await publishPrivately("1");
  await ui.showsUpdate("1");
  await ui.server.kill();
  await ui.shows("#state-name", "Reconnecting");
  await ui.server.restart();
  await publishPrivately("2");
  const shown = await ui.showsUpdate("2");
  assert.deepEqual(
    shown.map(({ kind, data }) => data ?? kind),
    ["1", "note resumed", "2"],
  );
});

test("a wrong token is refused with the reason, and the next one is tried at once", async () => {
  await refused();
  await enter(await token0({ subscribe: ["*"] }, { key: "another key that has thirty-two bytes" }));
  await until(async () => /signature/.test(await ui.page.textContent("#state-reason")), "the reason");
  await ui.shows("#state-name", "Refused");
  await enter(TOKEN);
  await ui.shows("#state-name", "Open");
});

test("the scheme and line breaks that were copied with a token do not count", async () => {
  await refused();
  await ui.page.getByLabel("Token", { exact: true }).fill(`  Bearer ${TOKEN.slice(0, 40)} ${TOKEN.slice(40)} `);
  await ui.page.getByRole("button", { name: "Subscribe", exact: true }).click();
  await ui.shows("#state-name", "Open");
});

test("a text that no header can carry is refused at the field", async () => {
  await refused();
  await enter("“token”");
  const message = await ui.page.locator("#token").evaluate((input) => input.validationMessage);
  assert.match(message, /ASCII/);
  assert.equal(await ui.page.textContent("#state-name"), "Refused");
});

test("the token is kept for the session alone, and shown only on demand", async () => {
  await refused();
  const requests = [];
  ui.page.on("request", (request) => requests.push(request));
  await enter(TOKEN);
  await ui.shows("#state-name", "Open");
  await ui.page.locator("#data").press("Control+Enter");
  await ui.page.waitForSelector("#outcome.accepted");
  assert.equal(await kept(), TOKEN);
  const elsewhere = await ui.page.evaluate(async () => ({
    local: { ...localStorage },
    cookies: document.cookie,
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    address: location.href,
    page: document.documentElement.outerHTML,
  }));
  assert.ok(!JSON.stringify(elsewhere).includes(TOKEN));
  assert.deepEqual([elsewhere.local, elsewhere.cookies, elsewhere.databases, elsewhere.caches], [{}, "", [], []]);
  assert.ok(requests.length > 0);
  for (const request of requests) {
    assert.ok(!request.url().includes(TOKEN));
    assert.equal(request.headers().authorization, `Bearer ${TOKEN}`);
  }

  const field = ui.page.getByLabel("Token", { exact: true });
  assert.equal(await field.getAttribute("autocomplete"), "off");
  const show = ui.page.getByRole("button", { name: "Show the token" });
  for (const [type, pressed] of [
    ["password", "false"],
    ["text", "true"],
    ["password", "false"],
  ]) {
    assert.deepEqual([await field.getAttribute("type"), await show.getAttribute("aria-pressed")], [type, pressed]);
    await show.click();
  }

  await ui.page.reload();
  await ui.shows("#state-name", "Open");
  await ui.page.getByRole("button", { name: "Clear the token" }).click();
  assert.equal(await kept(), null);
  assert.equal(await field.inputValue(), "");
  await ui.page.reload();
  await ui.shows("#state-name", "Refused");
});
