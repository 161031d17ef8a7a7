// The metrics of as many hubs as a deployment may have: they are made while they are read.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FAMILIES, SUMS } from "../../npm/worker/metrics/families.mjs";
import { FIGURES } from "../../npm/worker/metrics/figures.mjs";
import { reportOf } from "../../npm/worker/metrics/report.mjs";
import { OPERATOR_KEY, Server } from "../e2e/server.mjs";
import { bearer } from "../e2e/tokens.mjs";

const MANY = 10_000;
/** Reports in one call. */
const TOGETHER = 500;
/** Readers that stop, and the MiB that the process may grow by meanwhile. Their texts have 250 MiB. */
const STOPPED = 4;
const GROWTH = 150;
const REPORT = JSON.stringify(reportOf(FIGURES.map((_, at) => 1_000_000 + at), [["lives", "first", 1], ["refused", "token-expired", "401", 3]]));

let server;
before(async () => {
  server = await Server.start({ kind: "workerd", settings: ["CONFIG=indexing"] });
  for (let at = 0; at < MANY; at += TOGETHER) {
    const reports = Array.from({ length: TOGETHER }, (_, more) => ({ name: `hub-${at + more}`, time: Date.now(), figures: REPORT }));
    const body = JSON.stringify({ hub: ".index", method: "millstreamReport", given: [reports] });
    const response = await fetch(`${server.origin}/call`, { method: "POST", body });
    assert.equal((await response.json()).error, undefined);
  }
});
after(() => server?.stop());

const metrics = () => fetch(`${server.origin}/metrics`, { headers: bearer(OPERATOR_KEY) });

test("ten thousand hubs are told whole, each family together", async (t) => {
  const begun = Date.now();
  const response = await metrics();
  assert.equal(response.status, 200);
  const families = [];
  const hubs = new Map();
  let bytes = 0;
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    bytes += text.length;
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const [, family] = /^# TYPE (\S+)/.exec(line) ?? [];
      if (family !== undefined) families.push(family);
      else if (!line.startsWith("#")) hubs.set(families.at(-1), (hubs.get(families.at(-1)) ?? 0) + 1);
    }
  }
  assert.equal(rest, "");
  assert.equal(new Set(families).size, families.length);
  assert.equal(families.length, 1 + SUMS.length + FAMILIES.length);
  for (const family of ["millstream_report_age_seconds", "mercure_updates_total", "millstream_lives_total"]) assert.equal(hubs.get(family), MANY, family);
  t.diagnostic(`${Math.round(bytes / 1e6)} MB in ${Date.now() - begun} ms`);
});

test("readers that stop cost the reports and not the text, and other requests are answered", async (t) => {
  const { memory } = server.workerd();
  const readers = [];
  for (let at = 0; at < STOPPED; at += 1) readers.push((await metrics()).body.getReader());
  for (const reader of readers) assert.equal((await reader.read()).done, false);
  for (let at = 0; at < 20; at += 1) assert.equal((await fetch(`${server.origin}/healthz`)).status, 200);
  const grown = Math.round(server.workerd().memory - memory);
  t.diagnostic(`the process grew by ${grown} MiB`);
  assert.ok(grown < GROWTH, `the process grew by ${grown} MiB`);
  await Promise.all(readers.map((reader) => reader.cancel()));
});
