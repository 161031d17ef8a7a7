// The shapes of the package's API.
import type { HubObject } from "./hub_object.mjs";

/** A topic, a URI template such as `orders/{id}`, or `*`; or a matcher in the words of Mercure 1.0. */
export type Selector = string | { match: string; match_type: "exact" | "urlpattern" };

/** The rights of a visitor. An unknown member is an error. */
export interface Rights {
  /** The updates that the visitor may receive, also public ones. A subscription to anything else is answered 403. */
  subscribe?: Selector[];
  /** The topics that the visitor may publish to. */
  publish?: Selector[];
  /** The name of the visitor: `disconnect({ subscriber })` ends its streams, and its idempotency keys are its own. */
  subscriber?: string;
  /** A JSON value that is attached to the visitor's announced subscriptions. */
  payload?: unknown;
  /** When the rights and the visitor's streams end: a `Date`, or seconds since 1970. Without it they do not end. */
  expires?: Date | number;
}

/** The payload of a token, for an application that verifies tokens by itself. It has Mercure's meaning. */
export type TokenClaims = OtherClaims & ({ mercure: object } | { authorization_details: object[] });

interface OtherClaims {
  sub?: string;
  exp?: number;
  [claim: string]: unknown;
}

/** The decision about a visitor. A `Response` is the answer; nothing makes the visitor anonymous. */
export type Decision = Rights | TokenClaims | Response | null | undefined | void;

/** The part of an execution context that a hub needs. The contexts of frameworks have it too. */
export type HubContext = Pick<ExecutionContext, "waitUntil">;

/** The options of `createHub`. */
export interface HubOptions<Env = any> {
  /**
   * The path of the hub in your application, such as `/events`. Its other routes lie below it.
   * Without it, the hub has the paths of the Mercure protocol, and every request is for it.
   */
  path?: string;
  /** The name of the Durable Object binding. Default: `HUB`. */
  binding?: string;
  /** The name of the hub for a request: letters, digits, `_` and `-`, up to 64. Default: `default`. */
  hub?: (request: Request, env: Env) => string;
  /**
   * Decides about each request, in the place of tokens. It must not read the body of the request.
   * If it throws or does not answer within 30 seconds, the request is answered 500, and the log says why.
   */
  authorize?: (
    request: Request,
    env: Env,
    context: HubContext,
    hub: string,
  ) => Decision | Promise<Decision>;
  /**
   * The variables of the hub: an object of them, or the prefix of their names in the Worker's variables.
   * Default: `MILLSTREAM_` with `path`, and no prefix without it.
   */
  variables?: string | Record<string, string | number | boolean | object>;
  /** The name of an assets binding, which answers requests that are not for the hub. */
  assets?: string;
}

/** An update to publish. */
export interface Update {
  /** The topic; or several, of which the first is the update's own. */
  topic: string | string[];
  /** A text, or any other value, which is published as its JSON. */
  data?: unknown;
  /** The update's id in printable ASCII. Without it the hub makes one. */
  id?: string;
  /** The event's type, for `addEventListener`. */
  type?: string;
  /** The reconnection time in milliseconds. */
  retry?: number;
  /** Whether only subscribers with a grant receive it. */
  private?: boolean;
  /** Closes the topics behind the update: `true` is `"done"`. Without `data`, `id`, `type` and `retry` there is no update. */
  close?: boolean | EndReason;
}

/** Why a topic is closed: its stream has ended properly, or its producer was lost. */
export type EndReason = "done" | "broken";

/** How a topic is closed. */
export interface CloseOptions {
  /** Default: `"done"`. */
  reason?: EndReason;
  /** Whether only subscribers with a grant are told. */
  private?: boolean;
}

/** What a topic is: one with updates, one that is closed, or one that the hub knows nothing of. */
export interface TopicStatus {
  state: "open" | "closed" | "absent";
  /** Why it is closed. */
  reason?: EndReason;
  /** The id of its first update that the hub holds. */
  first?: string;
  /** The id of its last update that the hub holds. */
  last?: string;
  /** The number of its updates that the hub holds. */
  count: number;
}

/** What a pipe publishes: each chunk is an update. A text and bytes are its data, and anything else its JSON. */
export type PipeSource<Chunk = any> = Chunks<Chunk> | ((signal: AbortSignal) => Chunks<Chunk> | Promise<Chunks<Chunk>>);

type Chunks<Chunk> = ReadableStream<Chunk> | AsyncIterable<Chunk>;

/** How a source is published. */
export interface PipeOptions {
  /** The event's type of each update. */
  type?: string;
  /** Whether only subscribers with a grant receive the updates, and the end. */
  private?: boolean;
  /**
   * Whether a topic that is there already is refused (409). So of two that begin at the same moment one wins. A function is
   * then called when the hub has agreed.
   */
  fresh?: boolean;
}

/** A source that is being published. */
export interface Piped {
  /** Is aborted when somebody stops the producer, and when the hub takes no more. */
  signal: AbortSignal;
  /**
   * Resolves when the topic is closed. Rejects with the error of the source, or with a `HubError` if the hub refused an
   * update or was lost. The topic is then closed as broken.
   */
  finished: Promise<{ reason: EndReason; updates: number }>;
}

/** An update that is durable. */
export interface Published {
  /** The id of the update. */
  id: string;
  /** The number of connections that select the update. */
  connections: number;
}

/** One of several updates that was refused. */
export interface Refused {
  error: { status: number; title: string; detail: string; field?: string };
}

/** Whose streams end: those of a visitor, those that select a topic, or one connection. */
export type Whom = { subscriber: string } | { topic: string } | { connection: string };

/** Which hub a call is for. */
export interface OfHub {
  /** The name of the hub. Default: `default`. */
  hub?: string;
}

/** Which hubs are listed. */
export interface ListOptions {
  /** The name behind which the list begins: `next` of the list before. */
  after?: string;
  /** The most hubs in the list, up to 1,000. Default: 1,000. */
  limit?: number;
}

/** Hubs in the order of their names. */
export interface HubList {
  /** Each with its name and the time of its last report, in milliseconds since 1970. */
  hubs: { name: string; time: number }[];
  /** The last name, if there are more hubs behind it. */
  next?: string;
}

/** What a hub has, and what it has done in the lives of its object in one isolate. */
export interface HubStats {
  /** Its name. */
  hub: string;
  /** When this life of the hub's object began, in milliseconds since 1970. */
  since: number;
  /** Connections that are open. */
  connections: number;
  /** How many of them are held by Workers. */
  links: number;
  /** Connections that have ended, but whose clients have not taken everything yet. */
  leaving: number;
  /** Subscriptions that have begun. */
  subscribers: number;
  /** Updates that were published. */
  updates: number;
  /** Updates that were handed to connections, once for each connection. */
  deliveries: number;
  /** The updates that are held; `oldest` is the time of the first, in milliseconds since 1970. */
  history: { updates: number; bytes: number; oldest?: number };
  /** Topics that are closed. */
  closed: number;
  /** Connections that have ended, by reason. */
  ended: Record<string, number>;
  /** Updates that were left out for slow readers. */
  conflated: number;
  /** What is charged against `MEMORY`, and its limit. */
  memory: { bytes: number; limit: number };
  /** Places for connections; the limit 0 is none. */
  places: { taken: number; limit: number };
}

/** How an update is published. */
export interface PublishOptions {
  /** Up to 255 bytes. For five minutes the same key with the same update publishes once and gets the same answer. */
  idempotencyKey?: string;
}

/** Which part of a hub is exported. */
export interface ExportOptions {
  /** The export begins behind the entry with this sequence. Default: 0, which is everything. */
  after?: number;
}

/** What an import has done. */
export interface Imported {
  /** Entries that were imported. */
  imported: number;
  /** Entries of the file that the hub held before. */
  held: number;
  /** The sequence of the newest entry of the hub. */
  last: number;
}

/** A hub in your Worker. */
export interface Hub<Env = any> {
  /**
   * Answers a request to the hub. With `path`, it resolves to `undefined` for a request that is not for the hub.
   */
  fetch(request: Request, env: Env, context: HubContext): Promise<Response | undefined>;
  /** Publishes an update. It is durable, and on its way to its subscribers, when this resolves. Rejects with a `HubError`. */
  publish(env: Env, update: Update, options?: OfHub & PublishOptions): Promise<Published>;
  /** Publishes updates in their order. The answers have the order of the updates. */
  publishMany(env: Env, updates: Update[], options?: OfHub): Promise<(Published | Refused)[]>;
  /** Publishes NDJSON, a line for each update, while it arrives. Resolves to NDJSON, a line for each answer. */
  publishMany(env: Env, updates: ReadableStream<Uint8Array>, options?: OfHub): Promise<ReadableStream<Uint8Array>>;
  /** Ends streams at once. Resolves to their number. Their clients come back, and are judged anew. */
  disconnect(env: Env, whom: Whom, options?: OfHub): Promise<number>;
  /** Closes topics. It is durable when this resolves, and readers of these topics alone are at their end. */
  close(env: Env, topic: string | string[], options?: OfHub & CloseOptions): Promise<{ id: string }>;
  /** Tells whether a topic is open, closed or absent, and what the hub holds of it. */
  status(env: Env, topic: string, options?: OfHub): Promise<TopicStatus>;
  /** Lists the hubs that have kept an update, in the order of their names. */
  hubs(env: Env, options?: ListOptions): Promise<HubList>;
  /** Sends all clients of a hub away in good order: they come back `within` this time, such as `10s`. Resolves to their number. */
  drain(env: Env, options?: OfHub & { within?: string }): Promise<number>;
  /** Tells what a hub has, and what it has done. */
  stats(env: Env, options?: OfHub): Promise<HubStats>;
  /**
   * Deletes a hub with all that it keeps. Its clients are sent away as by a drain, and come back to a hub that begins anew.
   * Resolves to their number once everything is gone.
   */
  delete(env: Env, options?: OfHub): Promise<{ connections: number }>;
  /** Asks the producers of a topic to stop. Resolves to their number. */
  stop(env: Env, topic: string, reason?: string, options?: OfHub): Promise<number>;
  /**
   * Exports a hub as NDJSON in bytes: a header, and a line for each update and each closing behind the entry `after`. Its last
   * line has an `error` if it could not go on.
   */
  export(env: Env, options?: OfHub & ExportOptions): Promise<ReadableStream<Uint8Array>>;
  /** Imports an export into a hub that is empty or holds the beginning of it. Rejects with a `HubError` that names the line. */
  import(env: Env, lines: ReadableStream<Uint8Array>, options?: OfHub): Promise<Imported>;
  /** Removes all updates of a hub. Closed topics stay closed, and connections go on. */
  clear(env: Env, options?: OfHub): Promise<{ removed: number }>;
  /**
   * Publishes each chunk of a source as it comes, and closes the topic at its end: as done, or as broken if the source fails.
   * A function is given the signal, which a stop aborts.
   *
   * ```js
   * const { finished } = events.pipe(env, "chat/1", (signal) => model.stream(prompt, { signal }));
   * context.waitUntil(finished);
   * ```
   */
  pipe<Chunk>(env: Env, topic: string | string[], source: PipeSource<Chunk>, options?: OfHub & PipeOptions): Piped;
  /**
   * A `fetch` that reads the hub with every right, also private updates: for the option `fetch` of `subscribe`, or to hand a
   * stream on to a visitor whom your own route has judged. `authorize` is not asked. Of the URL only the query counts.
   */
  reader(env: Env, options?: OfHub): (input: string | URL, init?: RequestInit) => Promise<Response>;
}

/** A hub that answers every request: a Worker of its own. */
export interface OwnHub<Env = any> extends Hub<Env> {
  /** Answers a request. */
  fetch(request: Request, env: Env, context: HubContext): Promise<Response>;
}

/** Makes a hub. It throws a `TypeError` if an option is wrong or the runtime lacks something; the message names the mend. */
export interface CreateHub {
  /**
   * Makes the hub of your Worker. Call it once, at the top of a module, and export the class `HubObject` beside it.
   *
   * ```js
   * import { createHub, HubObject } from "millstream";
   * export { HubObject };
   *
   * const events = createHub({ path: "/events", authorize: () => ({ subscribe: ["orders/{id}"] }) });
   *
   * export default {
   *   async fetch(request, env, context) {
   *     return (await events.fetch(request, env, context)) ?? new Response("the application");
   *   },
   * };
   * ```
   */
  <Env = any>(options: HubOptions<Env> & { path: string }): Hub<Env>;
  /** Makes a hub that answers every request: `export default createHub()` is a Worker of its own. */
  <Env = any>(options?: HubOptions<Env> & { path?: undefined }): OwnHub<Env>;
}

/** The binding of the hub's objects. */
export type HubNamespace = DurableObjectNamespace<HubObject>;
