//! A moment as `JSON.stringify` writes a `Date`: ECMA-262 § 21.4.1.32.

use crate::timestamp::Timestamp;

/// The forms, with a digit for each of their parts: year 0, month 1, and so on.
const FORM: &str = "0000-11-22T33:44:55.666Z";
const SIGNED: &str = "+000000-11-22T33:44:55.666Z";

const DAY_MILLIS: u64 = 24 * 60 * 60 * 1_000;

/// The moment of a text such as `2027-01-15T08:00:00.000Z`; also of one whose year has a sign and six
/// digits. A moment before the epoch is the epoch. No other form is read.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let form = if text.starts_with(['+', '-']) { SIGNED } else { FORM };
    if text.len() != form.len() {
        return None;
    }
    let mut parts = [0; 7];
    for (own, form) in text.bytes().zip(form.bytes()) {
        match form {
            b'0'..=b'6' => {
                let part = parts.get_mut(usize::from(form - b'0'))?;
                *part = *part * 10 + u64::from(char::from(own).to_digit(10)?);
            }
            b'+' => {}
            _ if own == form => {}
            _ => return None,
        }
    }
    let [year, month, day, hours, minutes, seconds, millis] = parts;
    if !(1..=12).contains(&month) || hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let before = days_before(year, month);
    let next = if month == 12 { days_before(year + 1, 1) } else { days_before(year, month + 1) };
    if day < 1 || before + day > next {
        return None;
    }
    if text.starts_with('-') {
        return Some(Timestamp::default());
    }
    let since_midnight = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + millis;
    let all = (before + day - 1) * DAY_MILLIS + since_midnight;
    Some(Timestamp::from_millis(all.saturating_sub(days_before(1970, 1) * DAY_MILLIS)))
}

/// The days before a month of the Gregorian calendar, counted from 400 years before its year 0. A year
/// that begins in March ends with its leap day, and each five of its months have 153 days.
fn days_before(year: u64, month: u64) -> u64 {
    let (year, month) = if month > 2 { (year + 400, month - 3) } else { (year + 399, month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, millis: u64) {
        assert_eq!(parse(text), Some(Timestamp::from_millis(millis)), "{text}");
    }

    // The figures are those of `Date.parse`.
    #[test]
    fn a_date_is_read_as_json_has_it() {
        check("1970-01-01T00:00:00.000Z", 0);
        check("2027-01-15T08:00:00.000Z", 1_800_000_000_000);
        check("2024-02-29T23:59:59.999Z", 1_709_251_199_999);
        check("2000-02-29T12:00:00.000Z", 951_825_600_000);
        check("2100-03-01T00:00:00.000Z", 4_107_542_400_000);
        check("9999-12-31T23:59:59.999Z", 253_402_300_799_999);
        check("+010000-01-01T00:00:00.000Z", 253_402_300_800_000);
        check("+275760-09-13T00:00:00.000Z", 8_640_000_000_000_000);
    }

    #[test]
    fn a_date_before_the_epoch_is_long_ago() {
        for text in [
            "1969-12-31T23:59:59.999Z",
            "0000-01-01T00:00:00.000Z",
            "-000001-01-01T00:00:00.000Z",
            "-271821-04-20T00:00:00.000Z",
        ] {
            check(text, 0);
        }
    }

    #[test]
    fn what_is_no_date_or_has_another_form_is_refused() {
        for text in [
            "",
            "2027",
            "2027-01-15",
            "2027-01-15T08:00:00Z",
            "2027-01-15T08:00:00.000",
            "2027-01-15T08:00:00.000+00:00",
            "2027-01-15t08:00:00.000z",
            " 2027-01-15T08:00:00.000Z",
            "2027-01-15T08:00:00.000Z ",
            "2027-00-15T08:00:00.000Z",
            "2027-13-15T08:00:00.000Z",
            "2027-01-00T08:00:00.000Z",
            "2027-04-31T08:00:00.000Z",
            "2027-12-32T08:00:00.000Z",
            "2027-02-29T08:00:00.000Z",
            "2100-02-29T08:00:00.000Z",
            "2027-01-15T24:00:00.000Z",
            "2027-01-15T08:60:00.000Z",
            "2027-01-15T08:00:60.000Z",
            "+2027-01-15T08:00:00.000Z",
            "+20270-01-15T08:00:00.000Z",
            "02027-01-15T08:00:00.000Z",
            "-+02027-01-15T08:00:00.00Z",
            "2027-0é-15T08:00:00.000Z",
            "٢٠٢٧-01-15T08:00:00.000Z",
            "1800000000",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
