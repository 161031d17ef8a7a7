// The package's client in a page of each engine.
import { describeRuntimes } from "./describe_runtimes.mjs";
import { ENGINE_NAMES } from "./engines.mjs";
import { Page } from "./runtimes.mjs";

describeRuntimes(Object.fromEntries(ENGINE_NAMES.map((engine) => [engine, (place) => Page.open(engine, place)])));
