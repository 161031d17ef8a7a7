// `millstream token`: makes a token for publishers and subscribers. The token alone goes to the standard output.
import { SignJWT } from "jose";
import { Failure, UsageError } from "./failure.mjs";
import { findKey } from "./key_source.mjs";
import { ALGORITHMS, readSigningKey } from "./signing_key.mjs";
import { readGrants } from "./token_claims.mjs";

/** The largest token that a hub reads, `MAX_TOKEN_BYTES` in `src/base/limits/tokens.rs`. */
const MAX_TOKEN_BYTES = 64 << 10;

const NOTES = `Selectors:
  orders/1            this topic (in a shell, quote braces and stars)
  orders/{id}         a URI template, in 0.x
  urlpattern:/a/:id   a URL pattern, in 1.0
  *                   every topic

Without --key the key is MERCURE_PUBLISHER_JWT_KEY (for --publish) or MERCURE_SUBSCRIBER_JWT_KEY (for --subscribe), from the environment or else from .dev.vars in this folder. Both may have the prefix MILLSTREAM_.
The token goes to the standard output, and notes about it to the standard error.`;

/** @type {import("./command.mjs").Command} */
export const token = {
  about: "make a token for publishers and subscribers",
  options: {
    publish: { type: "string", multiple: true, value: "SELECTOR", about: "topics that the token may publish to; repeatable" },
    subscribe: { type: "string", multiple: true, value: "SELECTOR", about: "topics whose private updates the token may read; repeatable" },
    expires: { type: "string", value: "TIME", about: "how long it is valid: 30m, 1h, 7d or never (1h)" },
    subject: { type: "string", value: "NAME", about: "whose token it is" },
    payload: { type: "string", value: "JSON", about: "a value that is shown beside the active subscriptions" },
    key: { type: "string", value: "FILE", about: "the key: a secret, a private key in PEM, or a JWK; - reads standard input" },
    algorithm: { type: "string", value: "NAME", about: "the algorithm of the signature (the usual one of the key: HS256, RS256, ES256, EdDSA …)" },
    kid: { type: "string", value: "NAME", about: "the name of the key in a JWK Set, or a name for a key without one" },
    dialect: { type: "string", value: "0|1", about: "the version of Mercure: 0 is 0.x, 1 is 1.0 (0)" },
    issuer: { type: "string", value: "URL", about: "1.0: the issuer that the hub trusts" },
    audience: { type: "string", value: "URL", about: "1.0: the public URL of the hub" },
  },
  notes: NOTES,
  examples: [
    "millstream token --publish '*'",
    "millstream token --subscribe 'orders/{id}' --subject ada --expires 7d",
    "millstream token --key private.pem --publish orders/1 --publish orders/2",
    "millstream token --dialect 1 --issuer https://login.example --audience https://hub.example/.well-known/mercure --subscribe '*'",
    `curl -H "Authorization: Bearer $(npx millstream token --publish '*')" -d topic=a http://localhost:8787/.well-known/mercure`,
  ],
  run,
};

/** @param {import("./token_claims.mjs").TokenOptions & import("./key_source.mjs").KeyOptions} options */
async function run(options) {
  if (options.algorithm !== undefined && !ALGORITHMS.includes(options.algorithm)) {
    throw new UsageError(`--algorithm is ${options.algorithm}; it must be one of ${ALGORITHMS.join(", ")}`);
  }
  const { typ, claims, notes } = readGrants(options, Date.now());
  const source = await findKey(options);
  const { key, algorithm, kid, warning } = readSigningKey(source, options);
  const header = { alg: algorithm, typ, ...(kid === undefined ? {} : { kid }) };
  const made = await new SignJWT(claims).setProtectedHeader(header).sign(key);
  if (made.length > MAX_TOKEN_BYTES) {
    throw new Failure(`the token has ${made.length} bytes, and a hub reads ${MAX_TOKEN_BYTES}: grant fewer selectors`);
  }
  for (const note of [...notes, warning].filter((note) => note !== undefined)) process.stderr.write(`millstream: ${note}\n`);
  const until = claims.exp === undefined ? "without an end" : `until ${new Date(claims.exp * 1_000).toISOString()}`;
  process.stderr.write(`millstream: signed with ${algorithm} by the key of ${source.name}, ${until}\n`);
  process.stdout.write(`${made}\n`);
}
