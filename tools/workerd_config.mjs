// Writes the configuration of `make serve` from wrangler.toml and settings.json, so that there is one source of truth:
//   node tools/workerd_config.mjs BUILD
// BUILD/workerd.capnp holds the configuration `main`. For tests it has another one for each module of tests/e2e/before;
// the module then stands before the worker.
// BUILD/serve.mjs answers for the files of www before the worker does, as wrangler's assets do.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { parse } from "smol-toml";

const CONTENT_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/vnd.microsoft.icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};

/** The folder of the modules that the worker is made of. */
const WORKER = "npm/worker";

/** The folder of the modules that a test puts before the worker. */
const BEFORE = "tests/e2e/before";

/** The variable in which tools/serve lists the names of the environment's variables, to report a misspelled one. */
const ENVIRONMENT_NAMES = "ENVIRONMENT_NAMES";

/** The folder of the storage, which the command line names. */
const DISK = "data";

const [build] = process.argv.slice(2);
const wrangler = parse(readFileSync("wrangler.toml", "utf8"));
const files = assets(wrangler.assets.directory);
writeFileSync(join(build, "serve.mjs"), serve());
writeFileSync(
  join(build, "workerd.capnp"),
  `# Written by tools/workerd_config.mjs from wrangler.toml.
using Workerd = import "/workerd/workerd.capnp";
${config("main", [])}
${readdirSync(BEFORE).map((name) => config(basename(name, ".mjs"), [name])).join("\n")}
`,
);

/** The files of the assets' directory: their paths here and in the URL, and their headers. */
function assets(directory) {
  const common = headers(join(directory, "_headers"));
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "_headers")
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const type = CONTENT_TYPES[extname(path)];
      if (type === undefined) throw new Error(`${path}: no content type is known for it`);
      const url = `/${relative(directory, path)}`.replace(/\/index\.html$/, "/").replace(/\.html$/, "");
      return { path, url, headers: { "content-type": type, ...common } };
    });
}

/** The headers that the file `_headers` gives to every path. Nothing else in the file is understood. */
function headers(path) {
  if (!existsSync(path)) return {};
  const lines = readFileSync(path, "utf8").split("\n").filter((line) => /^[^#]*\S/.test(line) && !/^\s*#/.test(line));
  if (lines.shift() !== "/*") throw new Error(`${path}: only the rule /* is understood`);
  return Object.fromEntries(
    lines.map((line) => {
      const match = /^\s+([\w-]+):\s*(.*\S)\s*$/.exec(line);
      if (match === null) throw new Error(`${path}: not a header: ${line}`);
      return [match[1].toLowerCase(), match[2]];
    }),
  );
}

/** The module before the worker. */
function serve() {
  return `// Written by tools/workerd_config.mjs.
import worker from "./worker.mjs";
${files.map(({ path }, at) => `import file${at} from "./${path}";`).join("\n")}

const FILES = new Map([
${files.map(({ url, headers }, at) => `  [${text(url)}, [file${at}, ${text(headers)}]],`).join("\n")}
]);

export * from "./worker.mjs";
export default {
  fetch(request, env, ctx) {
    // The worker refuses a malformed host.
    const isHost = /^[\\w.:[\\]-]*$/.test(request.headers.get("host") ?? "");
    const file = FILES.get(isHost ? URL.parse(request.url)?.pathname : undefined);
    if (file === undefined || !["GET", "HEAD"].includes(request.method)) return worker.fetch(request, env, ctx);
    return new Response(request.method === "HEAD" ? null : file[0], { headers: file[1] });
  },
};
`;
}

/** A Worker, and a configuration that runs it alone; the address comes from the command line. */
function config(name, before) {
  const objects = wrangler.durable_objects.bindings;
  const sqlite = new Set(wrangler.migrations.flatMap((migration) => migration.new_sqlite_classes ?? []));
  const modules = [
    ...before.map((name) => [name, "esModule", relative(build, join(BEFORE, name))]),
    ["serve.mjs", "esModule", "serve.mjs"],
    ["worker.mjs", "esModule", relative(build, wrangler.main)],
    ...sources().map((path) => [path, "esModule", relative(build, path)]),
    ["build/millstream.js", "esModule", "millstream.js"],
    ["build/millstream_bg.wasm", "wasm", "millstream_bg.wasm"],
    ...files.map(({ path }) => [path, "data", relative(build, path)]),
  ];
  const bindings = [
    ...objects.map((object) => ({ name: object.name, durableObjectNamespace: object.class_name })),
    ...[...variables(), ENVIRONMENT_NAMES].map((name) => ({ name, fromEnvironment: name })),
  ];
  const namespaces = objects.map(({ class_name }) => ({
    className: class_name,
    uniqueKey: class_name,
    enableSql: sqlite.has(class_name),
  }));
  return `
const ${name}Worker :Workerd.Worker = (
  modules = [
${modules.map(([name, kind, path]) => `    (name = ${text(name)}, ${kind} = embed ${text(path)}),`).join("\n")}
  ],
  compatibilityDate = ${text(wrangler.compatibility_date)},
  compatibilityFlags = [${wrangler.compatibility_flags.map(text).join(", ")}],
  bindings = [
${bindings.map((binding) => `    ${struct(binding)},`).join("\n")}
  ],
  durableObjectNamespaces = [
${namespaces.map((namespace) => `    ${struct(namespace)},`).join("\n")}
  ],
  durableObjectStorage = ${struct({ localDisk: DISK })},
);

const ${name} :Workerd.Config = (
  sockets = [(name = "http", http = (), service = "main")],
  services = [
    (name = "main", worker = .${name}Worker),
    (name = ${text(DISK)}, disk = (writable = true)),
    # The addresses that fetch reaches. workerd's default has no private addresses, and self-hosted key sets are often
    # at one. This opens no way in: the hub fetches only the key sets of its configuration, and follows no redirection.
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
);`;
}

/** The modules that worker.mjs is made of. */
function sources() {
  const modules = readdirSync(WORKER, { recursive: true }).filter((name) => /(?<!\.test)\.mjs$/.test(name));
  return modules.map((name) => join(WORKER, name));
}

/** A structure of Cap'n Proto's text format. */
function struct(fields) {
  return `(${Object.entries(fields).map(([name, value]) => `${name} = ${text(value)}`).join(", ")})`;
}

/** The names of the variables. src/settings/tests/written.rs compares them with the table in src/settings. */
function variables() {
  return JSON.parse(readFileSync("settings.json", "utf8")).map(({ name }) => name);
}

/** A string for Cap'n Proto's text format and for JavaScript, whose escapes are those of JSON. */
function text(value) {
  return JSON.stringify(value);
}
