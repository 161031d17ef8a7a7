// A server whose hubs hold their streams in Workers, and what a test sees and does behind them: see before/links.mjs.
import { setTimeout as delay } from "node:timers/promises";
import { publish } from "./clients.mjs";
import { OPERATOR_KEY, Server } from "./server.mjs";
import { Stream, withQuery } from "./stream.mjs";
import { bearer, KEYS } from "./tokens.mjs";

/** The runtime hibernates an object that nothing has reached for ten seconds. Looking at one sooner would wake it. */
const UNTIL_ASLEEP = 12_000;

/** Waits until every object that nothing reaches sleeps. */
export const asleep = () => delay(UNTIL_ASLEEP);

export class Links {
  server;

  constructor(server) {
    this.server = server;
  }

  /** Starts it; everybody may publish, unless `vars` says otherwise. */
  static async start(vars = {}) {
    const all = { ...KEYS, ANONYMOUS_PUBLISH: "true", DELIVERY: "hibernate", OPERATOR_KEY, ...vars };
    return new Links(await Server.start({ kind: "workerd", settings: ["CONFIG=links"], vars: all }));
  }

  /** Does a deed of before/links.mjs. */
  async #ask(deed, given) {
    const response = await fetch(`${this.server.origin}/links`, { method: "POST", body: JSON.stringify({ deed, ...given }) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${deed} gave ${response.status}: ${text}`);
    return JSON.parse(text).result;
  }

  /** What was noted of the hub. It does not wake. */
  notes = (hub) => this.#ask("notes", { hub });
  abort = (hub) => this.#ask("abort", { hub });
  sever = (hub) => this.#ask("sever", { hub });
  deafen = (hub) => this.#ask("deafen", { hub });
  tellCode = (hub, code) => this.#ask("tellCode", { hub, code });
  bar = (hub, isBarred) => this.#ask("bar", { hub, isBarred });
  crowd = (hub, isCrowded) => this.#ask("crowd", { hub, isCrowded });
  age = (hub, versions) => this.#ask("age", { hub, ...versions });
  hasten = (hub, haste) => this.#ask("hasten", { hub, haste });
  grant = (visitor, claims) => this.#ask("grant", { visitor, claims });
  sockets = (hub) => this.#ask("sockets", { hub });
  /** The keys of the selections that it keeps. */
  selections = (hub) => this.#ask("selections", { hub });
  tables = (hub) => this.#ask("tables", { hub });
  disconnect = (hub, whom) => this.#ask("disconnect", { hub, whom });

  /** What the operator is told of a hub under this name, with these labels. A hub that sleeps wakes. */
  async figure(hub, name, labels = "") {
    const response = await fetch(`${this.server.origin}/hubs/${hub}/metrics`, { headers: bearer(OPERATOR_KEY) });
    const lines = (await response.text()).split("\n");
    return Number(lines.find((line) => line.startsWith(`${name}{hub="${hub}"${labels}} `))?.split(" ").at(-1));
  }

  /** How many links of a hub were `opened`, `reopened`, `replaced`, `woken` or `lost`. */
  linksThat = (event, hub) => this.figure(hub, "millstream_links_total", `,event="${event}"`);

  /** Opens a stream of `topic`, which may be a list. A `visitor` is one of the application. */
  open(t, hub, { topic = "a", token, visitor, headers = {} } = {}) {
    const own = { ...(token && bearer(token)), ...(visitor && { visitor }), ...headers };
    return Stream.open(t, withQuery(this.server.hub(hub), { topic }), { headers: own });
  }

  /** Publishes one update whose id and data are `id`. */
  publish = (hub, id, fields = {}) => publish(this.server.hub(hub), { topic: "a", id, data: id, ...fields });

  /** Publishes updates with these ids in one body. */
  async publishAll(hub, ids, fields = {}) {
    const lines = ids.map((id) => JSON.stringify({ topic: "a", id, data: id, ...fields }));
    const headers = { "content-type": "application/x-ndjson" };
    const response = await fetch(this.server.hub(hub), { method: "POST", body: lines.join("\n"), headers });
    const answers = (await response.text()).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line).id);
    if (String(answers) !== String(ids)) throw new Error(`${ids.length} updates were answered ${answers.slice(-3)}`);
  }

  stop() {
    return this.server.stop();
  }
}
