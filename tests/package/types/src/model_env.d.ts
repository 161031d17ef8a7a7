/** The bindings of model.ts beside the hub. */
interface Env {
  MODEL: string;
  MODEL_KEY: string;
  ANSWER: DurableObjectNamespace<import("./model").Answer>;
}
