//! From text to parts: RFC 6570 § 2.
//!
//! ```abnf
//! URI-Template  = *( literals / expression )
//! expression    = "{" [ operator ] variable-list "}"
//! variable-list =  varspec *( "," varspec )
//! varspec       =  varname [ modifier-level4 ]
//! varname       =  varchar *( ["."] varchar )
//! varchar       =  ALPHA / DIGIT / "_" / pct-encoded
//! ```

use super::{
    expression::{Expression, Modifier, Operator, Variable},
    invalid::InvalidUriTemplate,
    literal::is_literal,
    part::Part,
};

/// The parts of a template.
pub(super) fn parts(source: &str) -> Result<Vec<Part>, InvalidUriTemplate> {
    let mut parts = Vec::new();
    let mut rest = source;
    while !rest.is_empty() {
        let at = source.len() - rest.len();
        rest = if let Some(expression) = rest.strip_prefix('{') {
            let (expression, behind) =
                expression.split_once('}').ok_or(InvalidUriTemplate::Unclosed { at })?;
            parts.push(Part::Expression(parse_expression(expression)?));
            behind
        } else {
            let end = rest.find('{');
            let (literal, behind) =
                end.and_then(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
            check_literal(literal, at)?;
            parts.push(Part::Literal(literal.to_owned()));
            behind
        };
    }
    parts.shrink_to_fit();
    Ok(parts)
}

fn check_literal(literal: &str, offset: usize) -> Result<(), InvalidUriTemplate> {
    let wrong = literal.char_indices().find(|(at, character)| match character {
        '%' => !literal.get(*at..).is_some_and(begins_with_triplet),
        _ => !is_literal(*character),
    });
    match wrong {
        Some((at, character)) => Err(InvalidUriTemplate::Literal { character, at: offset + at }),
        None => Ok(()),
    }
}

fn parse_expression(expression: &str) -> Result<Expression, InvalidUriTemplate> {
    let operator = match expression.as_bytes().first() {
        Some(b'+') => Operator::Reserved,
        Some(b'#') => Operator::Fragment,
        Some(b'.') => Operator::Label,
        Some(b'/') => Operator::Path,
        Some(b';') => Operator::PathParameters,
        Some(b'?') => Operator::Query,
        Some(b'&') => Operator::QueryContinuation,
        _ => Operator::Simple,
    };
    let list = expression.get(usize::from(operator != Operator::Simple)..).unwrap_or_default();
    let mut variables = list.split(',').map(parse_variable).collect::<Result<Vec<_>, _>>()?;
    variables.shrink_to_fit();
    Ok(Expression { operator, variables })
}

fn parse_variable(text: &str) -> Result<Variable, InvalidUriTemplate> {
    let (name, modifier) = if let Some(name) = text.strip_suffix('*') {
        (name, Some(Modifier::Explode))
    } else if let Some((name, limit)) = text.split_once(':') {
        (name, parse_limit(limit).map(Modifier::Prefix))
    } else {
        (text, Some(Modifier::None))
    };
    match modifier {
        Some(modifier) if is_name(name) => Ok(Variable { name: name.to_owned(), modifier }),
        _ => Err(InvalidUriTemplate::Variable { variable: text.to_owned() }),
    }
}

/// RFC 6570 § 2.4.1: `max-length = %x31-39 0*3DIGIT`.
fn parse_limit(digits: &str) -> Option<u16> {
    let right = (1..=4).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0');
    digits.parse().ok().filter(|_| right)
}

fn is_name(name: &str) -> bool {
    name.split('.').all(|part| {
        !part.is_empty()
            && part.char_indices().all(|(at, character)| match character {
                '%' => part.get(at..).is_some_and(begins_with_triplet),
                _ => character.is_ascii_alphanumeric() || character == '_',
            })
    })
}

fn begins_with_triplet(text: &str) -> bool {
    matches!(text.as_bytes(), [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}
