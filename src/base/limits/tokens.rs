//! Tokens, and the keys that verify them.

use std::time::Duration;

bounds! {
    /// A claim of a thousand selectors of forty bytes fits, also into the headers that the edge accepts.
    MAX_TOKEN_BYTES: usize = 64 << 10, bytes,
        "a token" => "401";

    /// The reference hub's figure.
    MAX_CLAIM_SELECTORS: usize = 1_000, number,
        "topic selectors in one list of a token of 0.x" => "401";

    /// The reference hub's figure.
    MAX_DETAILS: usize = 100, number,
        "authorization details in a token of 1.0" => "401";

    /// The reference hub's figure.
    MAX_DETAIL_TOPICS: usize = 100, number,
        "topics in all authorization details of a token" => "401";

    /// Each name is held against those before it.
    MAX_MEMBERS: usize = 256, number,
        "members of one JSON object in a token or a key" => "401, or the key is wrong";

    /// An issuer has two while it rotates, a large one some ten; and a token without a `kid` costs
    /// one verification for each that fits.
    MAX_KEYS: usize = 32, number,
        "keys in a key set" => "the key set is wrong";

    /// The largest of [`MAX_KEYS`] keys with certificates fits.
    MAX_KEY_SET_BYTES: usize = 256 << 10, bytes,
        "a key set that is fetched" => "the key set is wrong";

    /// Two for each of some thirty issuers.
    MAX_KEY_SETS: usize = 64, number,
        "key sets of different URLs that are held"
            => "the one that was not used the longest is fetched anew; 503 while each was fetched within 30 s";

    /// Identity providers bound `sub` by 255 characters of ASCII. Each connection keeps the name.
    MAX_SUBSCRIBER_BYTES: usize = 256, bytes,
        "the name of a subscriber, by `authorize` or by `sub` of a token"
            => "claims of `authorize`: 500, and the log says why; a token: the name is not kept; `disconnect`: an error with status 400";

    /// The clocks of two servers that are set over a network differ by less.
    CLOCK_LEEWAY: Duration = Duration::from_secs(5), time,
        "how far ahead of the hub's clock `nbf` and `iat` of a token are" => "401";
}

/// Bytes of the shortest secret that verifies tokens, outside development: RFC 7518 § 3.2 for HS256.
/// A configuration with a shorter one is wrong: it is named in the answer to every request, a 500.
pub const MIN_SECRET_BYTES: usize = 32;

/// Bits of the smallest RSA key, RFC 7518 § 3.3. A key with fewer is refused.
pub const MIN_RSA_BITS: usize = 2_048;
