//! A request, and the topics and selectors in it.

bounds! {
    /// An object has the memory for it.
    MAX_BODY_BYTES: usize = 1 << 20, bytes,
        "the body of a request" => "413";

    /// It fits a URL in every browser.
    MAX_TOPIC_BYTES: usize = 4_096, bytes,
        "a topic or a topic selector" => "400";

    /// The reference hub's figure; more is a mistake of the publisher.
    MAX_TOPICS: usize = 1_000, number,
        "topics of an update" => "400; 413 in 1.0";

    /// A thousand topics of 65 bytes. The cost of a publication grows with them.
    MAX_TOPICS_BYTES: usize = 64 << 10, bytes,
        "all topics of an update together" => "400; 413 in 1.0";

    /// The reference hub's figure.
    MAX_SELECTORS: usize = 1_000, number,
        "topic selectors of a subscription in 0.x" => "400";

    /// The reference hub's figure.
    MAX_MATCHERS: usize = 100, number,
        "matchers of a subscription in 1.0" => "400";

    /// A hundred topics of two hundred bytes are a sixth of it. A URL holds less.
    MAX_SELECTION_BYTES: usize = 128 << 10, bytes,
        "all topic selectors of a subscription together" => "400";

    /// Each takes some hundred bytes when it is compiled, and one pass over each topic that it is compared
    /// with. Twenty templates and ten patterns have some hundred and fifty.
    MAX_SELECTION_PLACES: usize = 1_024, number,
        "variables, wildcards and groups in the selectors of a subscription, or of a token"
            => "400; 401 for a token";

    /// Two of the largest, or some thirty ordinary ones.
    MAX_SELECTION_REGEXP_BYTES: usize = 16 << 10, bytes,
        "the compiled regular expressions in the selectors of a subscription, or of a token"
            => "400; 401 for a token";

    /// An id comes back as one request header. Proxies allow a few KiB for it.
    MAX_ID_BYTES: usize = 1_024, bytes,
        "an id or a last event ID" => "400";

    /// A type is a name, not a payload.
    MAX_TYPE_BYTES: usize = 1_024, bytes,
        "the type of an update" => "400";

    /// A name is a part of each path of its hub.
    MAX_HUB_NAME_BYTES: usize = 64, bytes,
        "the name of a hub" => "404";

    /// Some five hundred steps: enough for a UUID or a date several times over.
    MAX_REGEXP_BYTES: usize = 8 << 10, bytes,
        "the compiled regular expressions of one component of a URL pattern" => "400";

    /// The compiler recurses.
    MAX_REGEXP_NESTING: u32 = 16, number,
        "groups within groups in a regular expression of a URL pattern" => "400";

    /// With the largest expression, that is a match of a few milliseconds.
    MAX_REGEXP_TEXT_BYTES: usize = 1_024, bytes,
        "a component of a topic that a regular expression can match" => "no match";
}
