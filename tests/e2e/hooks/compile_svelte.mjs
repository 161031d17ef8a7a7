// Compiles components of Svelte while esbuild bundles, for a page or for a server.
import { readFileSync } from "node:fs";
import { compile } from "svelte/compiler";

/** A plugin of esbuild; `generate` is `client` or `server`. */
export const compileSvelte = (generate) => ({
  name: "svelte",
  setup(build) {
    build.onLoad({ filter: /\.svelte$/ }, ({ path }) => ({
      contents: compile(readFileSync(path, "utf8"), { filename: path, generate }).js.code,
    }));
  },
});
