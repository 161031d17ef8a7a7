// What servers render of the components.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { renderToString } from "react-dom/server";
import { createSSRApp, shallowRef } from "vue";
import { renderToString as renderVue } from "vue/server-renderer";
import { compileSvelte } from "./compile.mjs";
import { elementOf } from "./react.mjs";
import { componentOf } from "./vue.mjs";

const SVELTE = `
  import { render } from "svelte/server";
  import { writable } from "svelte/store";
  import Component from "./component.svelte";
  import { Shown } from "./shown.mjs";
  export const html = (values) => render(Component, { props: { given: writable(values), shown: new Shown() } }).body;
`;

async function svelteOnServer() {
  const { outputFiles } = await build({
    stdin: { contents: SVELTE, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    format: "esm",
    platform: "node",
    plugins: [compileSvelte("server")],
    write: false,
  });
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
}

/** By framework: the HTML of the component for a URL and options. */
export const HTML = {
  react: (values) => renderToString(elementOf(values)),
  vue: (values) => renderVue(createSSRApp(componentOf(shallowRef(values)))),
  svelte: async (values) => (await svelteOnServer()).html(values),
};
