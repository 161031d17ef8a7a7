// Why a deployment did not do what it was asked, and what to do then.
import { Failure } from "./failure.mjs";
import { printable } from "./readable.mjs";

/** Characters of a foreign text that are shown. */
const MAX_DETAIL = 1_000;

/** An answer of a deployment that is no success. */
export class Refused extends Failure {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Nothing, or nothing whole, came from the deployment. */
export class Unreachable extends Failure {}

/** What to do about a status. @type {Record<number, (url: URL) => string>} */
const MENDS = {
  401: () => "the operator's key is not that of the deployment: OPERATOR_KEY here must have the value that is set there",
  404: (url) =>
    `there is nothing for an operator at ${url.pathname}: no OPERATOR_KEY is set on the deployment (npx wrangler secret put OPERATOR_KEY; make serve has it from its environment), its HUB_NAMES has no such hub, or it is an older version`,
  405: () => "the deployment is of another version than this command",
  429: () => "too many wrong keys came from this address",
};

/**
 * The failure of an answer. Its body is read.
 *
 * @param {Response} response
 * @param {URL} url
 */
export async function explained(response, url) {
  const { status, headers } = response;
  const location = headers.get("location");
  if (status >= 300 && status < 400) {
    return new Refused(`${url.origin} answered ${status}: it has moved to ${printable(location)}; give that URL`, status);
  }
  const { detail, title } = await problemOf(response);
  const after = headers.get("retry-after");
  const wait = after === null ? "" : `; try again in ${printable(after)} s`;
  const mend = MENDS[status]?.(url);
  const isOurs = /^application\/problem\+json/.test(headers.get("content-type") ?? "");
  const other = isOurs ? "" : "; this is no answer of a millstream, so look at the URL";
  return new Refused(`${status}: ${[mend, detail].filter(Boolean).join(" — ") || title || "no reason given"}${wait}${other}`, status);
}

/** The texts of a problem (RFC 9457). @param {Response} response */
async function problemOf(response) {
  const text = await response.text().catch(() => "");
  try {
    const { detail = "", title = "" } = JSON.parse(text);
    return { detail: shown(detail), title: shown(title) };
  } catch {
    return { detail: "", title: "" };
  }
}

/** @param {unknown} text */
const shown = (text) => printable(text).slice(0, MAX_DETAIL);

/** Reasons of Node and its fetch. @type {Record<string, string>} */
const REASONS = {
  ECONNREFUSED: "nothing listens there; is the URL right, and does the hub run?",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the name of the host cannot be looked up; is there a connection to the network?",
  ECONNRESET: "the connection broke",
  EPIPE: "the connection broke",
  ETIMEDOUT: "the host does not answer",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the network",
  UND_ERR_SOCKET: "the connection broke",
  UND_ERR_CONNECT_TIMEOUT: "the host does not answer",
  UND_ERR_HEADERS_TIMEOUT: "no answer came",
  UND_ERR_BODY_TIMEOUT: "no more of the answer came",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS there; is it http:// instead of https://?",
  EPROTO: "it does not speak TLS there; is it http:// instead of https://?",
};

/** The errors of a certificate that nobody known has signed. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO|UNTRUSTED|ISSUER/;

/**
 * The failure of a request without an answer, or of an answer that broke off.
 *
 * @param {URL} url
 * @param {unknown} error
 */
export function unreachable(url, error) {
  const { cause, message } = /** @type {Error} */ (error);
  const code = String(/** @type {NodeJS.ErrnoException} */ (cause ?? error).code ?? "");
  const untrusted = "its certificate is signed by nobody known here; NODE_EXTRA_CA_CERTS names a file with more of them";
  const reason = REASONS[code] ?? (UNTRUSTED.test(code) ? untrusted : `${message}${cause instanceof Error ? `: ${cause.message}` : ""}`);
  return new Unreachable(`${url.origin} cannot be reached: ${reason}${code === "" ? "" : ` (${code})`}`);
}
