// The error of a refused call.

/** A call that the hub refused, or could not carry out. */
export class HubError extends Error {
  /**
   * `status` is the HTTP status that a POST would be answered with. `field` is the part of the call that is wrong.
   *
   * @param {string} message
   * @param {{ status: number, field?: string, cause?: unknown }} about
   */
  constructor(message, { status, field, cause }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "HubError";
    /** The HTTP status that a POST would be answered with. */
    this.status = status;
    /** The part of the call that is wrong, if there is one. */
    this.field = field;
  }

  /** The error of a problem document. */
  static async ofProblem(/** @type {Response} */ response) {
    const { status } = response;
    return HubError.ofLine({ ...(await response.json().catch(() => ({}))), status });
  }

  /** The error of a problem in a line of an answer. */
  static ofLine(/** @type {{ status: number, title?: string, detail?: string, field?: string }} */ { status, title, detail, field }) {
    return new HubError(detail || title || `the hub answered with the status ${status}`, { status, field });
  }

  /** The error of a call to an object, which is also lost when the object is reset or out of reach. */
  static ofCall(/** @type {any} */ error) {
    if (error instanceof HubError) return error;
    // The runtime keeps the members of an object's error, and not its class.
    if (typeof error?.status === "number") {
      return new HubError(error.message, { status: error.status, field: error.field, cause: error });
    }
    const message = `the hub was reset or is out of reach, so the call may or may not have taken effect: ${error?.message ?? error}`;
    return new HubError(message, { status: 503, cause: error });
  }
}
