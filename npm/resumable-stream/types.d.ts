// The types of millstream/resumable-stream. The context is that of the package `resumable-stream`.
import type { Hub } from "../worker/types.d.ts";

/** Where the streams are kept. */
export interface ResumableStreamOptions<Env = any> {
  /** Keeps the Worker alive until a stream is produced: that of the context of a request, or of `cloudflare:workers`. */
  waitUntil: ((promise: Promise<unknown>) => void) | null;
  /** The hub, as `createHub` made it. */
  events: Pick<Hub<Env>, "pipe" | "status" | "reader">;
  /** The bindings of the Worker. */
  env: Env;
  /** The name of the hub. Default: `default`. */
  hub?: string;
  /** A stream has the topic `{keyPrefix}/{id}`, both percent-encoded. Default: `resumable-stream`. */
  keyPrefix?: string;
}

/** Streams of text that a client can come back to. */
export interface ResumableStreamContext {
  /**
   * Makes a stream, or resumes the one of this id. Of two calls at the same moment one makes it.
   * Resolves to null if the stream is over.
   *
   * @param streamId The id of the stream, which must be unique.
   * @param makeStream Makes the stream. It is called if there is none. Its signal is aborted when the stream is stopped.
   * @param skipCharacters The number of characters (UTF-16 code units) to leave out.
   */
  resumableStream: (streamId: string, makeStream: MakeStream, skipCharacters?: number) => Promise<ReadableStream<string> | null>;
  /**
   * Resumes a stream. Resolves to null if it is over, and to undefined if there is none.
   *
   * @param streamId The id of the stream.
   * @param skipCharacters The number of characters (UTF-16 code units) to leave out.
   */
  resumeExistingStream: (streamId: string, skipCharacters?: number) => Promise<ReadableStream<string> | null | undefined>;
  /**
   * Makes a stream. Resolves to null if there was one of this id that is over. Rejects with a `HubError` (409) if there is
   * one that goes on.
   *
   * @param streamId The id of the stream, which must be unique.
   * @param makeStream Makes the stream. Its signal is aborted when the stream is stopped.
   * @param skipCharacters The number of characters (UTF-16 code units) to leave out.
   */
  createNewResumableStream: (streamId: string, makeStream: MakeStream, skipCharacters?: number) => Promise<ReadableStream<string> | null>;
  /** Resolves to null if there is no stream of this id, to true if it goes on, and to `"DONE"` if it is over. */
  hasExistingStream: (streamId: string) => Promise<null | true | "DONE">;
}

/** Makes a stream of texts. */
export type MakeStream = (signal: AbortSignal) => ReadableStream<string>;
