//! What is looked up in the log for one request.

bounds! {
    /// Publishers are to give each id once.
    MAX_SAME_ID: usize = 16, number,
        "updates of one id that are looked at" => "the id is unknown";
}
