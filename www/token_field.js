// The field for a token. The token is kept for this tab's session alone, and sent to this hub alone.

const KEY = "millstream-token";

export class TokenField {
  #input;

  /** `show` and `clear` are the field's buttons; `changed` is called whenever the token is another. */
  constructor(input, { show, clear, changed }) {
    this.#input = input;
    input.value = kept() ?? "";
    input.addEventListener("input", () => {
      keep(this.token);
      this.#check();
      changed();
    });
    show.addEventListener("click", () => {
      const isShown = show.getAttribute("aria-pressed") === "true";
      show.setAttribute("aria-pressed", String(!isShown));
      input.type = isShown ? "password" : "text";
    });
    clear.addEventListener("click", () => {
      input.value = "";
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
  }

  /** The token without the scheme and a terminal's line breaks, which are often copied with it. */
  get token() {
    return this.#input.value.replace(/^\s*Bearer\s/i, "").replace(/\s+/g, "");
  }

  /** Whether the token can be sent. If not, the browser says so at the field. */
  get canBeSent() {
    this.#check();
    return this.#input.reportValidity();
  }

  #check() {
    const isWrong = !/^[!-~]*$/.test(this.token);
    this.#input.setCustomValidity(isWrong ? "A token has ASCII characters only. Copy it again." : "");
  }
}

/** A browser may forbid storage. The token is then forgotten when the page is left. */
function kept() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(token) {
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  } catch {}
}
