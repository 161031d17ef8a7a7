// A component of Svelte, mounted.
import { hydrate as hydrateComponent, mount as mountComponent, unmount } from "svelte";
import { writable } from "svelte/store";
import Component from "./component.svelte";
import { Shown } from "./shown.mjs";

export function mount(...values) {
  const given = writable(values);
  const shown = new Shown();
  const component = mountComponent(Component, { target: document.body, props: { given, shown } });
  return { shown, set: (...next) => given.set(next), unmount: () => unmount(component) };
}

/** Takes over what a server has rendered in `element`. */
export function hydrate(element, values) {
  hydrateComponent(Component, { target: element, props: { given: writable(values), shown: new Shown() } });
}
