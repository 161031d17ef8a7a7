// The package `millstream`, for a Worker.
export { createHub } from "./create_hub.mjs";
export { HubError } from "./hub_error.mjs";
export { HubObject } from "./hub_object.mjs";
/** @typedef {import("./types.d.ts").CloseOptions} CloseOptions */
/** @typedef {import("./types.d.ts").Decision} Decision */
/** @typedef {import("./types.d.ts").EndReason} EndReason */
/** @typedef {import("./types.d.ts").ExportOptions} ExportOptions */
/**
 * @template [Env=any]
 * @typedef {import("./types.d.ts").Hub<Env>} Hub
 */
/**
 * @template [Env=any]
 * @typedef {import("./types.d.ts").HubOptions<Env>} HubOptions
 */
/** @typedef {import("./types.d.ts").HubContext} HubContext */
/** @typedef {import("./types.d.ts").HubList} HubList */
/** @typedef {import("./types.d.ts").HubStats} HubStats */
/** @typedef {import("./types.d.ts").ListOptions} ListOptions */
/** @typedef {import("./types.d.ts").Imported} Imported */
/**
 * @template [Env=any]
 * @typedef {import("./types.d.ts").OwnHub<Env>} OwnHub
 */
/** @typedef {import("./types.d.ts").Piped} Piped */
/** @typedef {import("./types.d.ts").PipeOptions} PipeOptions */
/**
 * @template [Chunk=any]
 * @typedef {import("./types.d.ts").PipeSource<Chunk>} PipeSource
 */
/** @typedef {import("./types.d.ts").Published} Published */
/** @typedef {import("./types.d.ts").Refused} Refused */
/** @typedef {import("./types.d.ts").Rights} Rights */
/** @typedef {import("./types.d.ts").Selector} Selector */
/** @typedef {import("./types.d.ts").TokenClaims} TokenClaims */
/** @typedef {import("./types.d.ts").TopicStatus} TopicStatus */
/** @typedef {import("./types.d.ts").Update} Update */
/** @typedef {import("./types.d.ts").Whom} Whom */
