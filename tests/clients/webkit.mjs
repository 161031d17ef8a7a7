// WebKitGTK's browser for tests, driven by its WebDriver: https://www.w3.org/TR/webdriver2/
import { spawn } from "node:child_process";
import { once } from "node:events";
import { until } from "../e2e/until.mjs";

const DEADLINE = 30_000;

/** A display without a screen, and on it the driver and its browser. */
export class WebKit {
  #display;
  #driver;
  #port;
  #session;

  /** Makes the driver listen on `port`. */
  static async launch(port) {
    const webkit = new WebKit();
    webkit.#port = port;
    process.on("exit", webkit.#kill);
    webkit.#display = spawn("Xvfb", ["-displayfd", "1", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
    const [number] = await once(webkit.#display.stdout, "data", { signal: AbortSignal.timeout(DEADLINE) });
    const env = { ...process.env, DISPLAY: `:${String(number).trim()}`, LIBGL_ALWAYS_SOFTWARE: "1" };
    const args = ["--host=127.0.0.1", `--port=${port}`];
    webkit.#driver = spawn("WebKitWebDriver", args, { stdio: "ignore", detached: true, env });
    const ready = () => webkit.#ask("GET", "/status").then(({ ready }) => ready, () => false);
    await until(ready, "WebKitWebDriver", DEADLINE);
    const { sessionId } = await webkit.#ask("POST", "/session", { capabilities: {} });
    webkit.#session = `/session/${sessionId}`;
    return webkit;
  }

  async goto(url) {
    await this.#ask("POST", `${this.#session}/url`, { url });
  }

  /** Runs the body of a function in the page, with `arguments`. */
  evaluate(script, ...args) {
    return this.#ask("POST", `${this.#session}/execute/sync`, { script, args });
  }

  async close() {
    await this.#ask("DELETE", this.#session).catch(() => {});
    process.off("exit", this.#kill);
    const ended = [this.#driver, this.#display].map((child) => once(child, "exit"));
    this.#kill();
    await Promise.all(ended);
  }

  /** The driver with its browser, and the display, which removes its lock. */
  #kill = () => {
    try {
      if (this.#driver) process.kill(-this.#driver.pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
    this.#display?.kill();
  };

  async #ask(method, path, body) {
    const init = { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(DEADLINE) };
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, init);
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  }
}
