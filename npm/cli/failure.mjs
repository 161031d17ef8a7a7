// How a command ends that could not do its work: with a sentence and an exit code, and without a stack.

/** It failed. The message is a sentence that names the wrong thing and the right one. It never holds a key. */
export class Failure extends Error {
  exitCode = 1;
}

/** The command line is wrong. */
export class UsageError extends Failure {
  exitCode = 2;

  /**
   * @param {string} message
   * @param {string} help what is printed below it
   */
  constructor(message, help = "millstream --help lists the commands.\n") {
    super(message);
    this.help = help;
  }
}

/** A signal has ended it, such as Ctrl-C. */
export class Interrupted extends Failure {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super("interrupted");
    this.signal = signal;
  }
}
