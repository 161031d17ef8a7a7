// Written by `make settings`, from src/settings.

/**
 * The variables of the hub, as bindings of a Worker: `interface Env extends Settings {}` beside what `wrangler types`
 * writes. A variable may also be a number or a boolean under `[vars]`.
 */
export interface Settings {
  // Access

  /**
   * ANONYMOUS_PUBLISH: whether everybody may publish without a token.
   * Value: true or false.
   * Default: `false`.
   */
  ANONYMOUS_PUBLISH?: string | number | boolean;

  /**
   * ANONYMOUS_SUBSCRIBE: whether everybody may subscribe to public updates without a token.
   * Value: true or false.
   * Default: `false`.
   */
  ANONYMOUS_SUBSCRIBE?: string | number | boolean;

  /**
   * PUBLISHING: `false` switches publishing off: its methods get 405.
   * Value: true or false.
   * Default: `true`.
   */
  PUBLISHING?: string | number | boolean;

  /**
   * SUBSCRIBING: `false` switches subscribing off: its methods get 405, and the subscription API stays on.
   * Value: true or false.
   * Default: `true`.
   */
  SUBSCRIBING?: string | number | boolean;

  /**
   * PUBLISH_ORIGINS: origins whose pages may publish with their visitors' cookie.
   * Value: origins such as https://example.com, without a path, with names in ASCII (xn--…), separated by spaces, or *.
   * Default: none.
   */
  PUBLISH_ORIGINS?: string | number | boolean;

  /**
   * CORS_ORIGINS: origins whose pages may read the hub's answers.
   * Value: origins such as https://example.com, without a path, with names in ASCII (xn--…), separated by spaces, or *.
   * Default: none.
   */
  CORS_ORIGINS?: string | number | boolean;

  /**
   * COOKIE_NAME: the cookie that may carry a token.
   * Value: the name of a cookie.
   * Default: `mercureAuthorization` in 0.x, `__Secure-mercure_access_token` in 1.0.
   */
  COOKIE_NAME?: string | number | boolean;

  /**
   * PROTOCOL_VERSION_COMPATIBILITY: `7` follows that version of the draft: any `publish` claim in a token, even an empty one, is enough for public updates.
   * Value: 7 or 8.
   * Default: `8`.
   */
  PROTOCOL_VERSION_COMPATIBILITY?: string | number | boolean;

  // Keys

  /**
   * MERCURE_PUBLISHER_JWT_KEY: the key that verifies publishers' tokens of 0.x.
   * Value: a secret of at least 32 bytes, a public key in PEM (or its certificate), or a JWK or JWK Set.
   * Default: none.
   */
  MERCURE_PUBLISHER_JWT_KEY?: string | number | boolean;

  /**
   * MERCURE_SUBSCRIBER_JWT_KEY: the key that verifies subscribers' tokens of 0.x.
   * Value: a secret of at least 32 bytes, a public key in PEM (or its certificate), or a JWK or JWK Set.
   * Default: none.
   */
  MERCURE_SUBSCRIBER_JWT_KEY?: string | number | boolean;

  /**
   * MERCURE_PUBLISHER_JWT_ALG: the algorithms of publishers' signatures, which a key in PEM needs.
   * Value: algorithms such as ES256, separated by spaces.
   * Default: `HS256` for a secret, all that fit for a JWK or a key set.
   */
  MERCURE_PUBLISHER_JWT_ALG?: string | number | boolean;

  /**
   * MERCURE_SUBSCRIBER_JWT_ALG: the algorithms of subscribers' signatures, which a key in PEM needs.
   * Value: algorithms such as ES256, separated by spaces.
   * Default: `HS256` for a secret, all that fit for a JWK or a key set.
   */
  MERCURE_SUBSCRIBER_JWT_ALG?: string | number | boolean;

  /**
   * MERCURE_PUBLISHER_JWKS_URL: where publishers' keys are fetched from, instead of a key.
   * Value: an https URL, or an http one of the same machine.
   * Default: none.
   */
  MERCURE_PUBLISHER_JWKS_URL?: string | number | boolean;

  /**
   * MERCURE_SUBSCRIBER_JWKS_URL: where subscribers' keys are fetched from, instead of a key.
   * Value: an https URL, or an http one of the same machine.
   * Default: none.
   */
  MERCURE_SUBSCRIBER_JWKS_URL?: string | number | boolean;

  /**
   * MERCURE_TRUSTED_ISSUERS: the issuer whose access tokens of 1.0 the keys above verify too.
   * Value: one issuer.
   * Default: none.
   */
  MERCURE_TRUSTED_ISSUERS?: string | number | boolean;

  /**
   * ISSUERS: issuers of access tokens of 1.0, each with its own keys.
   * Value: JSON: a list of issuers with keys.
   * Default: none.
   */
  ISSUERS?: string | number | boolean;

  /**
   * DEVELOPMENT: `true` accepts secrets that are shorter than 32 bytes or known to everybody, and logs a warning.
   * Value: true or false.
   * Default: `false`.
   */
  DEVELOPMENT?: string | number | boolean;

  // Public URL

  /**
   * RESOURCE_IDENTIFIER: the public URL of the default hub, also behind a proxy that ends TLS.
   * Value: the URL of the hub, such as https://example.com/.well-known/mercure.
   * Default: the hub's URL at the first of `PUBLIC_ORIGINS`, else the URL of each request.
   */
  RESOURCE_IDENTIFIER?: string | number | boolean;

  /**
   * PUBLIC_ORIGINS: the origins at which the hub answers; at others it answers 421.
   * Value: origins such as https://example.com, without a path, with names in ASCII (xn--…), separated by spaces, or *.
   * Default: any.
   */
  PUBLIC_ORIGINS?: string | number | boolean;

  // History

  /**
   * HISTORY_UPDATES: publications that a hub keeps; the oldest are removed.
   * Value: a number from 1 on.
   * Default: `10000`.
   */
  HISTORY_UPDATES?: string | number | boolean;

  /**
   * HISTORY_BYTES: bytes of publications that a hub keeps.
   * Value: a number from 1 on.
   * Default: `67108864`.
   */
  HISTORY_BYTES?: string | number | boolean;

  /**
   * HISTORY_AGE: how long a hub keeps an update.
   * Value: a time such as 12h or 7d, or 0 for no limit.
   * Default: `0`.
   */
  HISTORY_AGE?: string | number | boolean;

  /**
   * CLOSED_AGE: how long a topic stays closed at the least; it stays so as long as an update from before its closing is kept.
   * Value: a time such as 24h or 7d.
   * Default: `24h`.
   */
  CLOSED_AGE?: string | number | boolean;

  /**
   * GAP_EVENTS: `false` sends no `gap`: a client is not told that updates are missing, and a `place` tells it where to come back to (if `PLACE_EVENTS` allows it).
   * Value: true or false.
   * Default: `true`.
   */
  GAP_EVENTS?: string | number | boolean;

  /**
   * PLACE_EVENTS: which clients get a `place` event where a live stream begins: `auto` those that send `Cache-Control: no-cache`, `true` all, `false` none.
   * Value: auto, true or false.
   * Default: `auto`.
   */
  PLACE_EVENTS?: string | number | boolean;

  // Connections

  /**
   * DELIVERY: `hibernate` lets a quiet hub sleep while its subscribers stay connected.
   * Value: direct or hibernate.
   * Default: `direct`.
   */
  DELIVERY?: string | number | boolean;

  /**
   * HEARTBEAT: how long a connection may be sent nothing before the hub sends a comment.
   * Value: a time such as 15s or 500ms, or 0 for none.
   * Default: `15s`.
   */
  HEARTBEAT?: string | number | boolean;

  /**
   * CONNECTION_AGE: a connection ends at 80 to 100 % of this age, and its client comes back and resumes.
   * Value: a time such as 10m or 1h, or 0 for no limit.
   * Default: `1h`.
   */
  CONNECTION_AGE?: string | number | boolean;

  /**
   * MAX_CONNECTIONS: connections of a hub, so that they fit its object's memory.
   * Value: a number from 1 on, or 0 for no limit.
   * Default: `10000`.
   */
  MAX_CONNECTIONS?: string | number | boolean;

  /**
   * MAX_CONNECTIONS_PER_ADDRESS: connections of a hub from one client address (of IPv6: one /64).
   * Value: a number from 1 on, or 0 for no limit.
   * Default: `1000`.
   */
  MAX_CONNECTIONS_PER_ADDRESS?: string | number | boolean;

  /**
   * MEMORY: bytes that a hub uses for its connections, their queues, and updates in memory.
   * Value: a number of bytes from 1 on, or 0 for no limit.
   * Default: `67108864`.
   */
  MEMORY?: string | number | boolean;

  // Updates

  /**
   * PUBLISH_RATE: updates a second that a hub accepts, and as many at once after a pause.
   * Value: a number of updates a second, or 0 for no limit.
   * Default: `0`.
   */
  PUBLISH_RATE?: string | number | boolean;

  /**
   * LINGER: how long updates of a busy hub wait at the most, so that they go out together.
   * Value: a time such as 50ms, or 0 for none.
   * Default: `50ms`.
   */
  LINGER?: string | number | boolean;

  /**
   * COMPRESSION: which streams are compressed with gzip: none, those without private updates, or all.
   * Value: off, public or all.
   * Default: `off`.
   */
  COMPRESSION?: string | number | boolean;

  /**
   * SLOW_CONSUMERS: what happens to a connection that is more than 1,000 updates behind.
   * Value: resume, conflate or evict.
   * Default: `resume`.
   */
  SLOW_CONSUMERS?: string | number | boolean;

  /**
   * SUBSCRIPTIONS: whether the hub announces subscriptions by private updates, and has the subscription API.
   * Value: true or false.
   * Default: `false`.
   */
  SUBSCRIPTIONS?: string | number | boolean;

  // Operation

  /**
   * LOG_LEVEL: the lowest level that is logged, in upper or lower case; only `debug` logs what is published and the payloads of tokens.
   * Value: debug, info, warning or error.
   * Default: `info`.
   */
  LOG_LEVEL?: string | number | boolean;

  /**
   * OPERATOR_KEY: with it an operator sees the figures of hubs, and lists, drains, clears, deletes, exports and imports them.
   * Value: a secret of at least 16 bytes.
   * Default: none.
   */
  OPERATOR_KEY?: string | number | boolean;

  /**
   * HUBS: variables of single hubs, which override those of all.
   * Value: JSON such as {"news":{"HISTORY_AGE":"1h"}}, with hubs, their variables, and texts as values.
   * Default: none.
   */
  HUBS?: string | Record<string, Record<string, string>>;

  /**
   * HUB_NAMES: the hubs that there may be, such as `news tenant-*`; a request for another is answered 404.
   * Value: names of hubs, separated by spaces or commas, with * for any characters.
   * Default: all that hubs can have.
   */
  HUB_NAMES?: string | number | boolean;
}
