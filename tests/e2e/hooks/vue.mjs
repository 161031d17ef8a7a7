// A component of Vue that shows a stream.
import { Suspense, createApp, createSSRApp, h, shallowRef } from "vue";
import { useStream } from "../../../npm/vue/index.mjs";
import { Shown } from "./shown.mjs";

/** The component; `given` is a ref of a URL and options. */
export const componentOf = (given, shown = new Shown()) => ({
  setup() {
    const { state, update, updates, gap } = useStream(
      () => given.value[0],
      // The options are written anew, as in an application.
      () => ({ ...given.value[1] }),
    );
    return () => {
      shown.add({ state: state.value, update: update.value, updates: updates.value, gap: gap.value });
      return h("p", state.value.name);
    };
  },
});

export function mount(...values) {
  const given = shallowRef(values);
  const shown = new Shown();
  const app = createApp(componentOf(given, shown));
  app.mount(document.body.appendChild(document.createElement("div")));
  return { shown, set: (...next) => (given.value = next), unmount: () => app.unmount() };
}

/** Takes over what a server has rendered in `element`, so late that a stream of before would be open. */
export function hydrate(element, values) {
  const { setup } = componentOf(shallowRef(values));
  const waiting = {
    async setup() {
      const render = setup();
      for (const turn of [1, 2]) {
        const { body } = await fetch(`${values[0]}?topic=${turn}`);
        const reader = body.getReader();
        await reader.read();
        await reader.cancel();
      }
      return render;
    },
  };
  createSSRApp({ render: () => h(Suspense, null, { default: () => h(waiting) }) }).mount(element);
}
