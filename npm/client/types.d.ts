// The types of millstream/client: what a page or a server says of a hub, and what it is told.

import type { Problem } from "./problem.mjs";

declare const EVENTS: unique symbol;

/**
 * The URL of a hub whose events have known types: a map from a selector to the type of the data.
 * `const HUB = "/events" as HubUrl<{ "orders/{id}": Order; news: string }>` types each use of `HUB`.
 */
export type HubUrl<Events> = string & { readonly [EVENTS]?: Events };

/** Any selector, with data of a type that nobody said. */
export type AnyEvents = Record<string, any>;

/** Where a hub is. A relative URL is one of the page. */
export type Url<Events> = string | URL | HubUrl<Events>;

/** One update, as the hub published it. */
export interface Update<Data = any> {
  /** The last event ID behind this update. */
  readonly id: string;
  /** The event's type, `message` unless its publisher chose one. */
  readonly type: string;
  /** The data: `text`, or what its JSON stands for with the option `json`. */
  readonly data: Data;
  /** The data as it came. */
  readonly text: string;
  /** The update's topics that this subscription selects, with the option `withTopics` alone. */
  readonly topics?: readonly string[];
}

/** Updates are missing: the hub does not hold them any more. Fetch afresh what they told. */
export interface Gap {
  /** The id that was asked for, or null if the connection itself was too slow. */
  readonly requested: string | null;
  /** The id of the first update after the gap, or null. */
  readonly first: string | null;
  /** How many updates are missing, or null if that is not for this subscriber to know. */
  readonly missed: number | null;
}

/** What a subscription is doing. */
export type State =
  /** It asks the hub for its stream. */
  | { readonly name: "connecting" }
  /** The stream is there: each update comes as it is published. */
  | { readonly name: "open" }
  /** The stream is lost, and will be asked for again. */
  | {
      readonly name: "waiting";
      /**
       * Until when, in milliseconds since 1970. Infinity while the page is hidden;
       * NaN while the browser's own EventSource waits, which does not tell.
       */
      readonly until: number;
      /** A sentence that says why. */
      readonly why: string;
      /** The hub's refusal, if it was one. */
      readonly problem?: Problem;
    }
  /** It is over, for good. */
  | {
      readonly name: "closed";
      /** `closed` by the application, `refused` by the hub, or `ended`: the hub has no more (204). */
      readonly why: "closed" | "refused" | "ended";
      /** The hub's refusal, if it was one. */
      readonly problem?: Problem;
    };

/** What keeps a cursor: `sessionStorage`, `localStorage`, or anything of their kind. */
export interface CursorStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Gives a token for the hub. `refused` says that the hub has refused the one before. */
export type TokenSource = (asked: { readonly refused: boolean; readonly signal?: AbortSignal }) => string | Promise<string>;

/** What is common to reading and publishing. */
export interface RequestOptions {
  /** Gives the token, at each connection and before the last one expires. Without it no token is sent. */
  token?: TokenSource;
  /** Whether cookies are sent, as in `fetch`. By default `same-origin`. */
  credentials?: "omit" | "same-origin" | "include";
  /** Another `fetch`, such as that of a service binding. By default the global one. */
  fetch?: (input: string, init: RequestInit) => Promise<Response>;
  /** Ends it. */
  signal?: AbortSignal;
}

/** What to read: topics and templates of either dialect, or the matchers of Mercure 1.0. */
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

/** How to read, and what to tell. */
export interface ReadOptions<Data = any> extends RequestOptions {
  /** Only events of these types. With it, and without a token, the browser's own EventSource reads. */
  types?: readonly string[];
  /** Whether `data` is what the JSON stands for. By default it is the text. */
  json?: boolean;
  /** Whether each update tells its topics. By default not. */
  withTopics?: boolean;
  /** Where to begin: behind this update, or at the `earliest`. By default with what is published from now on. */
  lastEventId?: string;
  /** Keeps the cursor, so that a page that is loaded again goes on behind its last update. By default nothing does. */
  storage?: CursorStorage;
  /** Whether the stream is closed while the page is hidden, and resumed behind its cursor. By default not. */
  pauseWhenHidden?: boolean;
  /** The milliseconds without a byte after which a connection counts as lost. By default 45,000; the hub sends one each 15 s. */
  silence?: number;
  /** Gets each update, in order. If it returns a promise, the next one waits for it. */
  onUpdate?: (update: Update<Data>) => unknown;
  /** Is told that updates are missing. */
  onGap?: (gap: Gap) => unknown;
  /** Is told each state. */
  onState?: (state: State) => unknown;
  /** Is told what a callback has thrown, or that the data of an update was no JSON. By default the console is. */
  onError?: (error: unknown, update?: Update<string>) => unknown;
}

/** The options of `subscribe`. */
export type SubscribeOptions<Data = any, Selector extends string = string> = Selection<Selector> & ReadOptions<Data>;

/** A subscription. Without `onUpdate` it begins when it is iterated. */
export interface Subscription<Data = any> extends AsyncIterable<Update<Data>> {
  /** What it is doing. */
  readonly state: State;
  /** The cursor: the last event ID behind what the application got. */
  readonly lastEventId: string;
  /** Ends it. */
  close(): void;
}

/**
 * Subscribes to a hub. Without `onUpdate` the subscription begins when it is iterated. `Events` maps selectors to types of
 * data, and a `HubUrl` carries it. An option that is wrong is a `TypeError`.
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
  /** The topic, or alternate ones. */
  topic: string | readonly string[];
  /** The data. What is no string is published as its JSON. */
  data?: unknown;
  /** The update's id in printable ASCII. By default the hub makes one. */
  id?: string;
  /** The event's type. */
  type?: string;
  /** The reconnection time in milliseconds. */
  retry?: number;
  /** Whether only subscribers whose token grants it receive it. */
  private?: boolean;
}

/** What the hub says of an update that it stored. */
export interface Published {
  /** Its id. */
  readonly id: string;
  /** How many connections select it. */
  readonly connections: number;
}

/** The options of `publish`. */
export interface PublishOptions extends RequestOptions {
  /** The key by which the hub knows the same publication again, for five minutes. By default a random one for each call. */
  idempotencyKey?: string;
  /** How often a publication is sent, at most, if an answer does not come or may be another one later. By default 5 times. */
  attempts?: number;
}

/** The answer to one of many updates, and the update itself. */
export type Answer<Update extends Publication = Publication> =
  | ({ readonly update: Update; readonly problem?: undefined } & Published)
  | { readonly update: Update; readonly problem: Problem; readonly id?: undefined; readonly connections?: undefined };
