// Prometheus itself scrapes a hub, by both forms of the key, and answers what the panels of the dashboard ask.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Subscriber, publish } from "../e2e/clients.mjs";
import { freePort } from "../e2e/free_port.mjs";
import { OPERATOR_KEY, Server } from "../e2e/server.mjs";
import { until } from "../e2e/until.mjs";

const { CLIENTS_PYTHON } = process.env;
const DASHBOARD = JSON.parse(readFileSync(new URL("../../docs/grafana.json", import.meta.url), "utf8"));

let server;
let prometheus;
let subscriber;
const folder = mkdtempSync(join(tmpdir(), "millstream-prometheus-"));

/** The configuration of a job: JSON is YAML. */
const job = (name, more) => ({ job_name: name, static_configs: [{ targets: [`127.0.0.1:${server.port}`] }], ...more });

before(async () => {
  server = await Server.start({ kind: "workerd", vars: { ANONYMOUS_PUBLISH: "true" } });
  subscriber = await Subscriber.open(server.hub(), ["a"]);
  await publish(server.hub(), { topic: "a", id: "1", data: "x" });
  await subscriber.receives("x");
  const scrape_configs = [
    job("bearer", { metrics_path: "/hubs/default/metrics", authorization: { credentials: OPERATOR_KEY } }),
    job("basic", { metrics_path: "/hubs/default/metrics", basic_auth: { username: "prometheus", password: OPERATOR_KEY } }),
    job("stranger", { metrics_path: "/hubs/default/metrics" }),
  ];
  const config = join(folder, "prometheus.yml");
  writeFileSync(config, JSON.stringify({ global: { scrape_interval: "1s", scrape_timeout: "1s" }, scrape_configs }));
  const port = await freePort();
  const args = [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`, `--storage.tsdb.path=${join(folder, "data")}`];
  const child = spawn("prometheus", args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (log += text));
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  prometheus = {
    async ask(path, query = {}) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(query)}`);
      const { status, data, error } = await response.json();
      assert.equal(status, "success", `${query.query}: ${error}`);
      return data;
    },
    async stop() {
      process.off("exit", kill);
      const ended = once(child, "exit");
      kill();
      await ended;
    },
  };
  const isReady = () => fetch(`http://127.0.0.1:${port}/-/ready`).then(({ ok }) => ok, () => false);
  await until(async () => child.exitCode !== null || (await isReady()), "Prometheus", 30_000);
  assert.equal(child.exitCode, null, log);
});

after(async () => {
  subscriber?.close();
  await prometheus?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The values of a query by job. */
async function valuesOf(query) {
  const { result } = await prometheus.ask("query", { query });
  return Object.fromEntries(result.map(({ metric, value: [, value] }) => [metric.job, value]));
}

test("Prometheus reads a hub with its key as a bearer token and as a password, and nothing without it", async () => {
  const isUp = async () => (await valuesOf("up")).stranger === "0" && (await valuesOf("mercure_subscribers_connected")).basic === "1";
  await until(async () => (await isUp()) && (await valuesOf("mercure_updates_total")).bearer === "1", "the first scrapes", 30_000);
  assert.deepEqual(await valuesOf("up"), { bearer: "1", basic: "1", stranger: "0" });
  assert.deepEqual(await valuesOf('mercure_updates_total{hub="default"}'), { bearer: "1", basic: "1" });
  const { activeTargets } = await prometheus.ask("targets");
  const errors = Object.fromEntries(activeTargets.map(({ labels, lastError }) => [labels.job, lastError]));
  assert.deepEqual([errors.bearer, errors.basic], ["", ""]);
  assert.match(errors.stranger, /401/);
});

test("each panel of the dashboard asks for series that there are", async () => {
  const panels = DASHBOARD.panels.filter(({ type }) => type !== "row");
  const exprs = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr]));
  for (const [title, expr] of exprs) {
    const query = expr.replaceAll("$hub", ".*").replaceAll("$__rate_interval", "1m");
    await prometheus.ask("query", { query });
    assert.match(expr, /hub=~"\$hub"/, title);
  }
  const names = (await prometheus.ask("label/__name__/values")).filter((name) => /^(?:mercure|millstream)_/.test(name));
  assert.ok(names.length > 30, names.join());
  const asked = new Set(exprs.flatMap(([, expr]) => expr.match(/\b(?:mercure|millstream)_\w+/g)));
  const metadata = Object.keys(await prometheus.ask("metadata"));
  for (const name of asked) {
    const family = name.replace(/_(?:bucket|sum|count)$/, "");
    assert.ok(names.includes(name) || metadata.some((own) => own === family || `${own}_total` === family), name);
  }
});

test("the parser of OpenMetrics' authors takes the text", { skip: CLIENTS_PYTHON === undefined }, async () => {
  const headers = { authorization: `Bearer ${OPERATOR_KEY}`, accept: "application/openmetrics-text; version=1.0.0" };
  const text = await (await fetch(`${server.origin}/hubs/default/metrics`, { headers })).text();
  const program =
    "import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse; " +
    "print('\\n'.join(f'{family.type} {family.name} {len(family.samples)}' for family in parse(sys.stdin.read())))";
  const families = execFileSync(CLIENTS_PYTHON, ["-c", program], { input: text, encoding: "utf8" }).trim().split("\n");
  assert.ok(families.includes("counter mercure_updates 1"), families.join());
  assert.ok(families.includes("histogram millstream_latency_seconds 13"), families.join());
  assert.ok(families.includes("gauge mercure_subscribers_connected 1"), families.join());
});
