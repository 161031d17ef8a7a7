// The measured servers: their commands, and their URLs for subscribers and updates.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeApart } from "./apart.mjs";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const PEERS = join(ROOT, "benches/peers");
/** The folder of the results and of the measured hub's storage: on the disk of this clone. */
export const RESULTS = join(ROOT, "build/bench");

const WORKERD = createRequire(import.meta.url)("workerd").default;
const NCHAN_MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so";
/** nginx with nchan needs this folder with any configuration. */
const NGINX_FOLDER = "/var/lib/nginx/body";
const SBIN = { PATH: `${process.env.PATH}:/usr/sbin` };

/** The key to the figures of a hub's health. */
export const OPERATOR_KEY = "the key of the benchmark's operator";

/** Everything is open, and there may be more connections than fit an object at Cloudflare. */
const OPEN = {
  ANONYMOUS_PUBLISH: "true",
  ANONYMOUS_SUBSCRIBE: "true",
  MAX_CONNECTIONS: "0",
  MAX_CONNECTIONS_PER_ADDRESS: "0",
  OPERATOR_KEY,
};

const MILLSTREAM = {
  folders: RESULTS,
  subscribe: "/.well-known/mercure?topic=bench",
  publish: "/.well-known/mercure",
  missing: () => absent(join(ROOT, "build/workerd.capnp"), "make build"),
};

/**
 * By name. `commands` returns the commands for a folder and three free ports, of which the first is for the clients.
 * `missing` returns the reason why the server cannot run here, if there is one.
 */
export const TARGETS = {
  millstream: {
    ...MILLSTREAM,
    commands: ({ folder, ports }) => [
      { command: "tools/serve", args: ["main", `127.0.0.1:${ports[0]}`, folder], env: OPEN, cwd: ROOT },
    ],
  },

  apart: {
    ...MILLSTREAM,
    commands: ({ folder, ports: [clients, object] }) => [
      { command: WORKERD, args: serving("worker", clients, `--external-addr=object=127.0.0.1:${object}`), env: OPEN },
      { command: WORKERD, args: serving("object", object, `--directory-path=data=${folder}`), env: OPEN },
    ],
  },

  observed: {
    ...MILLSTREAM,
    commands: ({ folder, ports }) => [
      { command: WORKERD, args: serving("observed", ports[0], `--directory-path=data=${folder}`), env: OPEN },
    ],
  },

  naive: {
    folders: tmpdir(),
    subscribe: "/",
    publish: "/",
    commands: ({ ports }) => [
      {
        command: WORKERD,
        args: ["serve", join(PEERS, "naive/workerd.capnp"), `--socket-addr=http=127.0.0.1:${ports[0]}`],
      },
    ],
    missing: () => absent(WORKERD, "npm ci"),
  },

  stored: piped("stored"),

  forgetful: piped("forgetful"),

  hono: node("hono"),

  "better-sse": node("better_sse"),

  nchan: {
    folders: tmpdir(),
    unprivileged: true,
    subscribe: "/sub",
    publish: "/pub",
    commands: ({ folder, ports }) => {
      const configuration = join(folder, "nginx.conf");
      write(configuration, read("nchan/nginx.conf").replaceAll("127.0.0.1:8080", `127.0.0.1:${ports[0]}`));
      return [{ command: "nginx", args: ["-p", folder, "-c", configuration, "-e", "stderr"], env: SBIN }];
    },
    missing: () =>
      unknown("nginx", ["-v"]) ?? absent(NCHAN_MODULE, "tools/peers") ?? absent(NGINX_FOLDER, "tools/peers"),
  },

  pushpin: {
    folders: tmpdir(),
    unprivileged: true,
    subscribe: "/events",
    publish: "/events",
    commands: ({ folder, ports: [clients, control, backend] }) => {
      const configuration = join(folder, "pushpin.conf");
      const settings = read("pushpin/pushpin.conf")
        .replaceAll("RUN", folder)
        .replace("http_port=8080", `http_port=${clients}`)
        .replace("push_in_http_port=5561", `push_in_http_port=${control}`);
      write(configuration, settings);
      write(join(folder, "routes"), `* 127.0.0.1:${backend}\n`);
      const env = { PORT: String(backend), PUBLISH: `http://127.0.0.1:${control}/publish/` };
      // The backend's file is read here: the user of the server may have no access to it.
      write(join(folder, "backend.mjs"), read("pushpin/backend.mjs"));
      return [
        { command: process.execPath, args: ["backend.mjs"], env },
        { command: "pushpin", args: ["--config", configuration] },
      ];
    },
    missing: () => unknown("pushpin", ["--version"]),
  },
};

/** Runs a configuration of build/apart.capnp. */
function serving(configuration, port, option) {
  return ["serve", writeApart(join(ROOT, "build")), configuration, `--socket-addr=http=127.0.0.1:${port}`, option];
}

/** An object of benches/peers/piped, with its storage on the disk of the measured hub's. */
function piped(configuration) {
  return {
    folders: RESULTS,
    subscribe: "/",
    publish: "/",
    commands: ({ folder, ports }) => [
      {
        command: WORKERD,
        args: [
          "serve",
          join(PEERS, "piped/workerd.capnp"),
          configuration,
          `--socket-addr=http=127.0.0.1:${ports[0]}`,
          `--directory-path=data=${folder}`,
        ],
      },
    ],
    missing: () => absent(WORKERD, "npm ci"),
  };
}

/** A server of benches/peers on the Node that runs this. */
function node(folder) {
  return {
    folders: tmpdir(),
    subscribe: "/events",
    publish: "/events",
    commands: ({ ports }) => [
      { command: process.execPath, args: [join(PEERS, folder, "server.mjs")], env: { PORT: String(ports[0]) } },
    ],
    missing: () => absent(join(PEERS, "node_modules/.package-lock.json"), "npm ci --prefix benches/peers"),
  };
}

function absent(path, remedy) {
  return existsSync(path) ? undefined : `there is no ${path.replace(ROOT, "")}: ${remedy}`;
}

function unknown(command, args) {
  const { error } = spawnSync(command, args, { env: { ...process.env, ...SBIN } });
  return error === undefined ? undefined : `${command} is not installed: tools/peers`;
}

function read(path) {
  return readFileSync(join(PEERS, path), "utf8");
}

/** Readable by every user, as the server may run as another one. */
function write(path, text) {
  writeFileSync(path, text, { mode: 0o644 });
}
