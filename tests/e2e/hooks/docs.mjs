// Mounts the components of docs/client.md.
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { mount as mountSvelte } from "svelte";
import { createApp } from "vue";
import SvelteOrders from "../../package/hooks_types/src/docs/orders.svelte";
import { Orders } from "../../package/hooks_types/src/docs/orders.tsx";
import VueOrders from "../../package/hooks_types/src/docs/orders.vue";

const MOUNT = {
  react: (element) => createRoot(element).render(createElement(Orders)),
  vue: (element) => createApp(VueOrders).mount(element),
  svelte: (element) => mountSvelte(SvelteOrders, { target: element }),
};

/** Mounts each, in an element that has the name of its framework. */
export function mountAll() {
  for (const [framework, mount] of Object.entries(MOUNT)) {
    const element = document.createElement("section");
    element.id = framework;
    mount(document.body.appendChild(element));
  }
}
