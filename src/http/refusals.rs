//! The requests that a hub has refused, by reason and status.

/// The most pairs of a reason and a status that are counted. The reasons are words of the code.
const MOST: usize = 128;

/// Counts of one hub since it was made.
#[derive(Debug, Default)]
pub(crate) struct Refusals(Vec<(String, u16, u64)>);

impl Refusals {
    /// Counts an answer with this status, which was refused for this reason.
    pub(crate) fn count(&mut self, reason: &str, status: u16) {
        let same = self.0.iter_mut().find(|(own, with, _)| *with == status && own == reason);
        if let Some((_, _, count)) = same {
            *count += 1;
        } else if self.0.len() < MOST {
            self.0.push((reason.to_owned(), status, 1));
        }
    }

    /// The elements of a JSON array: a reason, a status and a number each.
    pub(crate) fn text(&self) -> String {
        let each = self.0.iter().map(|refused| serde_json::to_string(refused).unwrap_or_default());
        each.collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_reason_and_status() {
        let mut refusals = Refusals::default();
        assert_eq!(refusals.text(), "");
        for (reason, status) in
            [("token-expired", 401), ("body-too-large", 413), ("token-expired", 401), ("x", 401)]
        {
            refusals.count(reason, status);
        }
        let expected = r#"["token-expired",401,2],["body-too-large",413,1],["x",401,1]"#;
        assert_eq!(refusals.text(), expected);
    }

    #[test]
    fn however_many_reasons_there_are_the_list_stays_short() {
        let mut refusals = Refusals::default();
        (0..1_000).for_each(|number: u16| refusals.count("a", number));
        refusals.count("a", 0);
        assert_eq!(refusals.0.len(), MOST);
        assert_eq!(refusals.0[0].2, 2);
    }
}
