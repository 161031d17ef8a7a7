// The cost of a POST: node benches/post.mjs [FOLDER …], or `make bench-post`.
//   ROUNDS=5   the number of rounds, each with new servers; the result is the median
// Each FOLDER is a clone with a build, this one by default; each is compared with the first. The figure is the
// processor time of workerd, user and system, for each of a number of publications:
//   whole    the Worker and the object, as deployed
//   object   the object alone: the time behind a Worker that passes everything on, minus the time of the same Worker
//            with an object that only reads the body
//   refused  the Worker and the object, for a token that another key has signed
// All servers of a round run at once and take turns, so other load on the machine favours none.
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SignJWT, exportSPKI, generateKeyPair } from "jose";
import { nanoseconds } from "./processor.mjs";
import { Server } from "./server.mjs";
import { ratio, summary } from "./statistics.mjs";
import { ROOT } from "./targets.mjs";

const WARM = 2_000;
const TURNS = 6;
const TURN = 500;
const AT_ONCE = 8;
/** The folder of the servers' storage, in memory: on a disk the disk would be measured too. */
const MEMORY = "/dev/shm";
const PATH = "/.well-known/mercure";
const BODY = new URLSearchParams({ topic: "bench", data: "x".repeat(100) }).toString();
const SECRET = "a secret of more than thirty-two bytes, for the bench";
const CONFIGURATIONS = { whole: "main", object: "build/post.capnp:object", refused: "main", hop: "build/post.capnp:hop" };

const rounds = Number(process.env.ROUNDS || 5);
const folders = (process.argv.length > 2 ? process.argv.slice(2) : [ROOT]).map((folder) => resolve(folder));
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

for (const folder of folders) writeConfigurations(join(folder, "build"));
const suites = [];
for (const alg of ["HS256", "ES256"]) suites.push({ alg, runs: await runsOf(await credentials(alg)) });

console.log(`${rounds} rounds of ${TURNS * TURN} publications of 100 bytes, ${AT_ONCE} at a time`);
for (let round = 1; round <= rounds; round++) {
  console.log(`round ${round}, load average ${loadavg()[0].toFixed(1)}`);
  for (const { runs } of suites) await oneRound(runs);
}
agent.destroy();
print();

/** The variables of a hub, a token that may publish, and a token that another key has signed. */
async function credentials(alg) {
  const sign = (key) => new SignJWT({ mercure: { publish: ["*"] } }).setProtectedHeader({ alg, typ: "JWT" }).sign(key);
  const secret = (text) => new TextEncoder().encode(text);
  const key = async (text) => (alg === "HS256" ? { privateKey: secret(text) } : generateKeyPair(alg, { extractable: true }));
  const [own, other] = [await key(SECRET), await key(`${SECRET}, but another`)];
  const verifies = alg === "HS256" ? SECRET : await exportSPKI(own.publicKey);
  return {
    vars: { MERCURE_PUBLISHER_JWT_KEY: verifies, MERCURE_PUBLISHER_JWT_ALG: alg },
    token: await sign(own.privateKey),
    wrong: await sign(other.privateKey),
  };
}

/** The runs of a round for one algorithm: one hop, and for each folder the others. */
async function runsOf({ vars, token, wrong }) {
  const run = (folder, name, more = {}) => ({ folder, name, configuration: CONFIGURATIONS[name], vars, token, status: 200, micros: [], ...more });
  const runs = [run(folders[0], "hop")];
  for (const folder of folders) {
    const GRANTED = await told({ folder, vars, token });
    runs.push(run(folder, "whole"), run(folder, "object", { vars: { ...vars, GRANTED } }), run(folder, "refused", { token: wrong, status: 401 }));
  }
  return runs;
}

/** A Worker that passes everything on: to the hub's object, or to an object that only reads the body. */
function writeConfigurations(build) {
  writeFileSync(
    join(build, "post.mjs"),
    `export default {
  fetch(request, { HUB, GRANTED }) {
    if (request.method === "GET") return new Response("up");
    const hub = HUB.get(HUB.idFromName("default"));
    return GRANTED ? hub.fetch(request, { cf: { ...request.cf, millstream: GRANTED } }) : hub.fetch(request);
  },
};
export class HubObject {
  async fetch(request) {
    return new Response((await request.text()).slice(0, 45));
  }
}
`,
  );
  const worker = (members) => `(
    modules = [(name = "post.mjs", esModule = embed "post.mjs")],
    compatibilityDate = "2026-11-01",
    compatibilityFlags = ["enable_request_signal"],
    ${members}
  )`;
  const front = worker(`bindings = [
      (name = "HUB", durableObjectNamespace = (className = "HubObject", serviceName = "main")),
      (name = "GRANTED", fromEnvironment = "GRANTED"),
    ],`);
  const reads = worker(`durableObjectNamespaces = [(className = "HubObject", uniqueKey = "HubObject", enableSql = true)],
    durableObjectStorage = (localDisk = "data"),`);
  const config = (name, main) => `
const ${name} :Workerd.Config = (
  sockets = [(name = "http", http = (), service = "front")],
  services = [
    (name = "front", worker = ${front}),
    (name = "main", worker = ${main}),
    (name = "data", disk = (writable = true)),
  ],
);
`;
  const head = 'using Workerd = import "/workerd/workerd.capnp";\nusing Millstream = import "workerd.capnp";\n';
  writeFileSync(join(build, "post.capnp"), `${head}${config("object", "Millstream.mainWorker")}${config("hop", reads)}`);
}

/** Adds to each run its processor time for one publication, in microseconds. */
async function oneRound(runs) {
  const servers = new Map();
  try {
    for (const run of runs) {
      servers.set(run, await start(run));
      await publish(servers.get(run), WARM, run);
    }
    const spent = new Map(runs.map((run) => [run, 0]));
    for (let turn = 0; turn < TURNS; turn++) {
      for (const run of turn % 2 === 0 ? runs : runs.toReversed()) {
        const server = servers.get(run);
        const before = nanoseconds(server);
        await publish(server, TURN, run);
        spent.set(run, spent.get(run) + nanoseconds(server) - before);
      }
    }
    for (const run of runs) run.micros.push(spent.get(run) / (TURNS * TURN) / 1_000);
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  }
}

/** The door's text about a token for the object; nothing in a build without a door. */
async function told(run) {
  const server = await start({ ...run, configuration: "overheard" });
  try {
    const [{ headers }] = await publish(server, 1, { ...run, status: 200 });
    return decodeURIComponent(headers.overheard ?? "");
  } finally {
    await server.stop();
  }
}

function start({ folder, configuration, vars }) {
  return Server.start({
    folders: existsSync(MEMORY) ? MEMORY : tmpdir(),
    subscribe: "/healthz",
    commands: ({ folder: storage, ports }) => [
      { command: "tools/serve", args: [configuration, `127.0.0.1:${ports[0]}`, storage], env: vars, cwd: folder },
    ],
  });
}

/** Repeats a publication and returns the answers. A status other than the expected one is an error. */
async function publish({ address }, count, { token, status }) {
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/x-www-form-urlencoded",
    "content-length": BODY.length,
  };
  const [host, port] = address.split(":");
  const answers = [];
  let begun = 0;
  const publisher = async () => {
    while (begun++ < count) {
      const sent = request({ host, port, path: PATH, method: "POST", headers, agent });
      sent.end(BODY);
      const [response] = await once(sent, "response");
      response.resume();
      await once(response, "end");
      if (response.statusCode !== status) throw new Error(`a publication was answered ${response.statusCode}, not ${status}`);
      answers.push(response);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, publisher));
  return answers;
}

/** A row for each of the figures, as Markdown. */
function print() {
  const text = ({ median, least, greatest }, digits) => `${median.toFixed(digits)} (${least.toFixed(digits)}–${greatest.toFixed(digits)})`;
  console.log(`\n| processor time for a POST, µs | ${folders.join(" | ")} | times the first |\n|---|${"---|".repeat(folders.length + 1)}`);
  for (const { alg, runs } of suites) {
    const [hop] = runs;
    console.log(`| ${alg}, hop | ${text(summary(hop.micros), 0)} |${" |".repeat(folders.length)}`);
    for (const name of ["whole", "object", "refused"]) {
      const own = runs.filter((run) => run.name === name).map(({ micros }) => micros);
      const columns = name === "object" ? own.map((micros) => micros.map((value, at) => value - hop.micros[at])) : own;
      const ratios = columns.slice(1).map((column) => summary(column.map((value, at) => ratio(value, columns[0][at]))));
      console.log(`| ${alg}, ${name} | ${columns.map((column) => text(summary(column), 0)).join(" | ")} | ${ratios.map((of) => text(of, 2)).join(", ")} |`);
    }
  }
}
