// Compiles components while esbuild bundles them, for a page or for a server.
import { readFileSync } from "node:fs";
import { compile } from "svelte/compiler";
import { compileScript, parse } from "vue/compiler-sfc";

/** The components of Svelte, as a plugin of esbuild; `generate` is `client` or `server`. */
export const compileSvelte = (generate) => ({
  name: "svelte",
  setup(build) {
    build.onLoad({ filter: /\.svelte$/ }, ({ path }) => ({
      contents: compile(readFileSync(path, "utf8"), { filename: path, generate }).js.code,
    }));
  },
});

/** The components of Vue. */
export const compileVue = {
  name: "vue",
  setup(build) {
    build.onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { descriptor } = parse(readFileSync(path, "utf8"), { filename: path });
      return { contents: compileScript(descriptor, { id: "component", inlineTemplate: true }).content, loader: "ts" };
    });
  },
};
