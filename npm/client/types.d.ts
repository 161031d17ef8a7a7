// The types of millstream/client: the options of a page or a server, and the values that it gets.

import type { Problem } from "./problem.mjs";

declare const EVENTS: unique symbol;

/**
 * The URL of a hub whose events have known types: a map from a selector to the type of the data.
 * `const HUB = "/events" as HubUrl<{ "orders/{id}": Order; news: string }>` types each use of `HUB`.
 */
export type HubUrl<Events> = string & { readonly [EVENTS]?: Events };

/** Any selector, with data of any type: the URL has no map. */
export type AnyEvents = Record<string, any>;

/** Where a hub is. A relative URL is one of the page. */
export type Url<Events> = string | URL | HubUrl<Events>;

/** One update, as the hub published it. */
export interface Update<Data = any> {
  /** The last event ID behind this update. */
  readonly id: string;
  /** The event's type, `message` unless its publisher chose one. */
  readonly type: string;
  /** The data: `text`, or the value of its JSON with the option `json`. */
  readonly data: Data;
  /** The data as a text, also with the option `json`. */
  readonly text: string;
  /** The update's topics that this subscription selects. It is given only with the option `withTopics`. */
  readonly topics?: readonly string[];
}

/** Updates are missing: the hub does not hold them any more. Fetch the whole state again. */
export interface Gap {
  /** The id that was asked for, or null if the connection itself was too slow. */
  readonly requested: string | null;
  /** The id of the first update after the gap, or null. */
  readonly first: string | null;
  /** How many updates are missing, or null if that is not for this subscriber to know. */
  readonly missed: number | null;
}

/** A topic is closed: nothing more is published to it. */
export interface End {
  /** The topic. */
  readonly topic: string;
  /** `done`, or `broken` if its publisher was lost. */
  readonly reason: "done" | "broken";
}

/** The state of a subscription. */
export type State =
  /** The client asks the hub for the stream. */
  | { readonly name: "connecting" }
  /** The stream has begun: each update comes as it is published. */
  | { readonly name: "open" }
  /** The stream is lost, and the client asks for it again later. */
  | {
      readonly name: "waiting";
      /**
       * The time of the next attempt, in milliseconds since 1970. It is Infinity while the client waits for the page to be
       * shown, and NaN while the browser's own EventSource waits, which does not tell its time.
       */
      readonly until: number;
      /** A sentence with the reason. */
      readonly why: string;
      /** The hub's refusal, if it was one. */
      readonly problem?: Problem;
    }
  /** The subscription has ended and does not come back. */
  | {
      readonly name: "closed";
      /** `closed` by the application, `refused` by the hub, or `ended`: the hub has no more (204). */
      readonly why: "closed" | "refused" | "ended";
      /** The hub's refusal, if it was one. */
      readonly problem?: Problem;
    };

/** A storage for the cursor: `sessionStorage`, `localStorage`, or an object with these two functions. */
export interface CursorStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Gives a token for the hub. With `refused` the hub has refused the last token, so do not give it again. */
export type TokenSource = (asked: { readonly refused: boolean; readonly signal?: AbortSignal }) => string | Promise<string>;

/** Options of both reading and publishing. */
export interface RequestOptions {
  /** Gives the token. It is called at each connection, and before the last token expires. By default no token is sent. */
  token?: TokenSource;
  /** Whether cookies are sent, as in `fetch`. By default `same-origin`. */
  credentials?: "omit" | "same-origin" | "include";
  /** Another `fetch`, such as that of a service binding. By default the global one. */
  fetch?: (input: string, init: RequestInit) => Promise<Response>;
  /** Ends the subscription or the publication when it is aborted. By default there is none. */
  signal?: AbortSignal;
}

/** The selection: topics and URI templates, or the matchers of Mercure 1.0. */
export type Selection<Selector extends string = string> =
  | {
      /** Topics, URI templates, or `*`. */
      topics: readonly Selector[] | Selector;
      match?: undefined;
    }
  | {
      topics?: undefined;
      /** Topics as they are, and URL patterns. */
      match: { exact?: readonly Selector[] | Selector; urlpattern?: readonly Selector[] | Selector };
    };

/** The options of reading. */
export interface ReadOptions<Data = any> extends RequestOptions {
  /** Gives only events of these types; without a token the browser's own EventSource may read them. By default all types. */
  types?: readonly string[];
  /** Whether `data` is the value of the JSON. By default it is the text. */
  json?: boolean;
  /** Whether each update has its topics. By default not. */
  withTopics?: boolean;
  /** Where the stream begins: behind the update with this id, or with the `earliest`. By default with updates from now on. */
  lastEventId?: string;
  /** Keeps the cursor, so that a page that is loaded again goes on behind its last update. By default there is none. */
  storage?: CursorStorage;
  /** Whether the stream is closed while the page is hidden, and resumed behind its cursor. By default not. */
  pauseWhenHidden?: boolean;
  /** The milliseconds without a byte after which a connection counts as lost. By default 45,000; the hub sends one each 15 s. */
  silence?: number;
  /** Gets each update, in order. If it returns a promise, the next one waits for it. */
  onUpdate?: (update: Update<Data>) => unknown;
  /** Is called when updates are missing. The updates behind the gap wait for its promise. By default a gap is ignored. */
  onGap?: (gap: Gap) => unknown;
  /** Is called when a topic is closed that is selected by its name, as are all others. By default nothing is told but the state. */
  onEnd?: (end: End) => unknown;
  /** Is called with each new state. */
  onState?: (state: State) => unknown;
  /** Gets the error of a callback, or of data that is no JSON. By default the console gets it. */
  onError?: (error: unknown, update?: Update<string>) => unknown;
}

/** The options of `subscribe`. */
export type SubscribeOptions<Data = any, Selector extends string = string> = Selection<Selector> & ReadOptions<Data>;

/** A subscription. Without `onUpdate` it begins when it is iterated. */
export interface Subscription<Data = any> extends AsyncIterable<Update<Data>> {
  /** The current state. */
  readonly state: State;
  /** The cursor: the last event ID that the application has taken. */
  readonly lastEventId: string;
  /** Ends the subscription. */
  close(): void;
}

/**
 * Subscribes to a hub. Without `onUpdate` the subscription begins when it is iterated. `Events` maps selectors to types of
 * data; a `HubUrl` has this map. A wrong option throws a `TypeError`.
 */
export interface Subscribe<Required = unknown> {
  <Events extends object = AnyEvents, Selector extends keyof Events & string = keyof Events & string>(
    url: Url<Events>,
    options: SubscribeOptions<Events[Selector], Selector> & { json: true } & Required,
  ): Subscription<Events[Selector]>;
  <Events extends object = AnyEvents, Selector extends keyof Events & string = keyof Events & string>(
    url: Url<Events>,
    options: SubscribeOptions<string, Selector> & { json?: false } & Required,
  ): Subscription<string>;
}

/** An update to publish. */
export interface Publication {
  /** The topic, or a list of topics. */
  topic: string | readonly string[];
  /** The data. A value that is no string is published as its JSON. By default it is empty. */
  data?: unknown;
  /** The update's id in printable ASCII. By default the hub makes one. */
  id?: string;
  /** The event's type. By default `message`. */
  type?: string;
  /** The reconnection time of the readers in milliseconds. By default it does not change. */
  retry?: number;
  /** Whether only subscribers with a grant for its topic receive it. By default everybody who selects it does. */
  private?: boolean;
}

/** The answer to an update that the hub has stored. */
export interface Published {
  /** The id of the update. */
  readonly id: string;
  /** The number of connections that select the update. */
  readonly connections: number;
}

/** The options of `publish`. */
export interface PublishOptions extends RequestOptions {
  /** The key by which the hub knows the same publication again, for five minutes. By default a random one for each call. */
  idempotencyKey?: string;
  /** How often a publication is sent at most, if no answer comes or the refusal may pass. By default 5 times. */
  attempts?: number;
}

/** The answer to one of many updates, and the update itself. */
export type Answer<Update extends Publication = Publication> =
  | ({ readonly update: Update; readonly problem?: undefined } & Published)
  | { readonly update: Update; readonly problem: Problem; readonly id?: undefined; readonly connections?: undefined };
