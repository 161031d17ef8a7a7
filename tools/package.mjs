// Makes the npm package: node tools/package.mjs BUILD
// BUILD/package is its content, with the folders of the repository; BUILD/millstream-VERSION.tgz is the tarball.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const [build] = process.argv.slice(2);
const folder = join(build, "package");
const MODULES = ["millstream.js", "millstream.d.ts", "millstream_bg.wasm"];
const TEXTS = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE-APACHE", "LICENSE-MIT", "RELEASING.md", "SECURITY.md"];

/** The value of a key of the crate's manifest. */
function ofCrate(key) {
  return new RegExp(`^${key} = "(.*)"$`, "m").exec(readFileSync("Cargo.toml", "utf8"))[1];
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "build"), { recursive: true });
cpSync("npm", join(folder, "npm"), { recursive: true, filter: (path) => !/package\.json$|tsconfig\.json$|\.test\.mjs$/.test(path) });
for (const name of MODULES) cpSync(join(build, name), join(folder, "build", name));
for (const name of TEXTS) cpSync(name, join(folder, name));
// Without a clone, the links of README and of the pages lead into the package.
const ofClone = /(^|\/)(node_modules|target|dist|\.wrangler|\.dev\.vars|worker-configuration\.d\.ts)$/;
for (const name of ["docs", "examples", "template"]) cpSync(name, join(folder, name), { recursive: true, filter: (path) => !ofClone.test(path) });

const { name, version } = { name: ofCrate("name"), version: ofCrate("version") };
const manifest = { name, version, ...JSON.parse(readFileSync("npm/package.json", "utf8")) };
writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);

// The declarations come from the comments of the modules, and their maps lead to these.
const options = { noEmit: false, declaration: true, declarationMap: true, emitDeclarationOnly: true, stripInternal: true, rootDir: "." };
const project = join(folder, "tsconfig.json");
const PARTS = {
  "npm/tsconfig.json": ["npm/worker", "npm/resumable-stream"],
  "npm/client/tsconfig.json": ["npm/client", "npm/react", "npm/vue", "npm/svelte"],
  "npm/ai/tsconfig.json": ["npm/ai"],
};
for (const [config, include] of Object.entries(PARTS)) {
  writeFileSync(project, JSON.stringify({ extends: resolve(config), compilerOptions: options, include, exclude: [] }));
  execFileSync("tsc", ["--project", project], { stdio: "inherit" });
}
rmSync(join(folder, "npm/worker/wasm.d.ts"));
rmSync(project);

const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", build, `./${folder}`], { encoding: "utf8" });
const [{ filename, size, files }] = JSON.parse(packed);
console.log(`${join(build, filename)}: ${files.length} files, ${size} bytes`);
