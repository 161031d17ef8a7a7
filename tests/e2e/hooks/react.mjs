// A component of React that shows a stream.
import { Activity, StrictMode, createElement } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { useStream } from "../../../npm/react/index.mjs";
import { Shown } from "./shown.mjs";

function Component({ values: [url, options], shown }) {
  // The options are written anew at each rendering, as in an application.
  const stream = useStream(url, { ...options });
  shown.add(stream);
  return createElement("p", null, stream.state.name);
}

/** `values` are a URL, options, and whether the component is `hidden` or `visible`. */
export const elementOf = (values, shown = new Shown()) => {
  const component = createElement(Component, { values, shown });
  return createElement(StrictMode, null, createElement(Activity, { mode: values[2] ?? "visible" }, component));
};

export function mount(...values) {
  const root = createRoot(document.body.appendChild(document.createElement("div")));
  const shown = new Shown();
  const set = (...next) => root.render(elementOf(next, shown));
  set(...values);
  return { shown, set, unmount: () => root.unmount() };
}

/** Takes over what a server has rendered in `element`. */
export function hydrate(element, values) {
  hydrateRoot(element, elementOf(values));
}
