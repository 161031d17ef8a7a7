//! From the source of an expression to its steps: ECMAScript § 22.2.1 with the flag `v`, without
//! what the steps cannot do. The host's parser has found the source well-formed.

use crate::base::limits::MAX_REGEXP_NESTING;

use super::steps::{Class, MOST, Place, Step, Steps, WORD_BYTES, class_of, range};

/// What an escape or a member of a class stands for.
enum Atom {
    Code(u32),
    Class(Class),
}

impl Atom {
    fn class(self) -> Class {
        match self {
            Self::Code(code) => u8::try_from(code).map_or(0, class_of),
            Self::Class(class) => class,
        }
    }
}

/// A compiler gives nothing for what is not supported, or too large.
#[derive(Default)]
pub(super) struct Compiler<'s> {
    steps: Vec<Step>,
    classes: Vec<Class>,
    source: &'s [u8],
    nesting: u32,
    ignores_case: bool,
}

impl<'s> Compiler<'s> {
    /// The next step's index.
    pub(super) fn here(&self) -> usize {
        self.steps.len()
    }

    pub(super) fn finish(self) -> Steps {
        Steps { steps: self.steps.into(), classes: self.classes.into() }
    }

    /// What matches the source.
    pub(super) fn expression(&mut self, source: &'s [u8]) -> Option<()> {
        self.source = source;
        self.either()?;
        self.source.is_empty().then_some(())
    }

    /// What matches the text alone.
    pub(super) fn text(&mut self, text: &str) -> Option<()> {
        text.bytes().try_for_each(|byte| self.push(Step::Byte(byte)))
    }

    pub(super) fn class(&mut self, class: Class) -> Option<()> {
        let index = u16::try_from(self.classes.len()).ok()?;
        self.classes.push(class);
        self.push(Step::Of(index))
    }

    /// What is behind `start` may be left out.
    pub(super) fn optional(&mut self, start: usize) -> Option<()> {
        self.fork_at(start, 1)
    }

    /// What is behind `start` comes once or more often.
    pub(super) fn repeated(&mut self, start: usize) -> Option<()> {
        let far = far(self.here(), start)?;
        self.push(Step::Fork(far))
    }

    fn push(&mut self, step: Step) -> Option<()> {
        self.steps.push(step);
        (self.steps.len() + self.classes.len() < MOST).then_some(())
    }

    /// Leads, beside to what is behind `start`, to so many steps behind its end.
    fn fork_at(&mut self, start: usize, behind: usize) -> Option<()> {
        let far = far(start, self.here() + behind)?;
        self.push(Step::Fork(far))?;
        self.steps.get_mut(start..)?.rotate_right(1);
        Some(())
    }

    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.source.split_first()?;
        self.source = rest;
        Some(*first)
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.source.first() == Some(&byte);
        if is_next {
            self.next();
        }
        is_next
    }

    fn either(&mut self) -> Option<()> {
        let start = self.here();
        self.row()?;
        while self.take(b'|') {
            self.fork_at(start, 2)?;
            let end = self.here();
            self.push(Step::Go(0))?;
            self.row()?;
            let far = far(end, self.here())?;
            *self.steps.get_mut(end)? = Step::Go(far);
        }
        Some(())
    }

    fn row(&mut self) -> Option<()> {
        while self.source.first().is_some_and(|byte| !matches!(byte, b'|' | b')')) {
            let start = self.here();
            self.term()?;
            self.quantifier(start)?;
        }
        Some(())
    }

    fn term(&mut self) -> Option<()> {
        match self.next()? {
            b'(' => self.group(),
            b'[' => self.brackets(),
            b'.' => self.class(!(class_of(b'\n') | class_of(b'\r'))),
            b'^' => self.push(Step::At(Place::Start)),
            b'$' => self.push(Step::At(Place::End)),
            b'\\' if self.take(b'b') => self.push(Step::At(Place::Boundary)),
            b'\\' if self.take(b'B') => self.push(Step::At(Place::NoBoundary)),
            b'\\' => {
                let class = self.escape()?.class();
                self.class_in_case(class)
            }
            b'*' | b'+' | b'?' | b'{' | b'}' | b']' => None,
            byte if self.ignores_case => self.class_in_case(class_of(byte)),
            byte => self.push(Step::Byte(byte)),
        }
    }

    fn quantifier(&mut self, start: usize) -> Option<()> {
        let (least, most) = match self.source.first() {
            Some(b'*') => (0, None),
            Some(b'+') => (1, None),
            Some(b'?') => (0, Some(1)),
            Some(b'{') => {
                self.next();
                let least = self.number()?;
                let most = if !self.take(b',') {
                    Some(least)
                } else if self.source.first() == Some(&b'}') {
                    None
                } else {
                    Some(self.number()?)
                };
                (least, most)
            }
            _ => return Some(()),
        };
        self.next();
        // The shortest match is one as well.
        self.take(b'?');
        self.repeat(start, (least, most))
    }

    fn repeat(&mut self, start: usize, (least, most): (usize, Option<usize>)) -> Option<()> {
        let once = self.steps.split_off(start);
        if once.is_empty() || most.is_some_and(|most| most < least) {
            return once.is_empty().then_some(());
        }
        for _ in 0..least {
            self.all(&once)?;
        }
        match most {
            Some(most) => {
                for _ in least..most {
                    let start = self.here();
                    self.all(&once)?;
                    self.optional(start)?;
                }
            }
            None if least > 0 => self.repeated(self.here() - once.len())?,
            None => {
                let start = self.here();
                self.all(&once)?;
                self.repeated(start)?;
                self.optional(start)?;
            }
        }
        Some(())
    }

    fn all(&mut self, steps: &[Step]) -> Option<()> {
        steps.iter().try_for_each(|step| self.push(*step))
    }

    /// `(…)`, `(?:…)`, `(?<name>…)` and `(?i-s:…)`. No component has a line break for `m` and `s`.
    fn group(&mut self) -> Option<()> {
        let ignored_case = self.ignores_case;
        self.nesting += 1;
        if self.nesting > MAX_REGEXP_NESTING {
            return None;
        }
        if self.take(b'?') {
            if self.take(b'<') {
                if matches!(self.source.first(), Some(b'=' | b'!')) {
                    return None;
                }
                while self.next()? != b'>' {}
            } else {
                self.flags()?;
            }
        }
        self.either()?;
        self.nesting -= 1;
        self.ignores_case = ignored_case;
        self.take(b')').then_some(())
    }

    fn flags(&mut self) -> Option<()> {
        let mut on = true;
        loop {
            match self.next()? {
                b':' => return Some(()),
                b'-' => on = false,
                b'i' => self.ignores_case = on,
                b'm' | b's' => {}
                _ => return None,
            }
        }
    }

    fn brackets(&mut self) -> Option<()> {
        let negated = self.take(b'^');
        let mut class = 0;
        while !self.take(b']') {
            let first = self.member()?;
            class |= match first {
                Atom::Code(first) if self.take(b'-') => match self.member()? {
                    Atom::Code(last) if first <= last => {
                        let codes = first..=last.min(127);
                        codes.fold(0, |class, code| class | Atom::Code(code).class())
                    }
                    _ => return None,
                },
                first => first.class(),
            };
        }
        let class = if self.ignores_case { in_both_cases(class) } else { class };
        self.class(if negated { !class } else { class })
    }

    /// A class within a class and an operation on classes are not supported.
    fn member(&mut self) -> Option<Atom> {
        match self.next()? {
            b'\\' => self.escape(),
            b'[' => None,
            first @ (b'-' | b'&') if self.source.first() == Some(&first) => None,
            byte => Some(Atom::Code(byte.into())),
        }
    }

    fn class_in_case(&mut self, class: Class) -> Option<()> {
        self.class(if self.ignores_case { in_both_cases(class) } else { class })
    }

    /// What is behind a backslash.
    fn escape(&mut self) -> Option<Atom> {
        let byte = self.next()?;
        let class = match byte.to_ascii_lowercase() {
            b'd' => range(b'0', b'9'),
            b's' => range(b'\t', b'\r') | class_of(b' '),
            b'w' => WORD_BYTES,
            _ => return self.code(byte).map(Atom::Code),
        };
        Some(Atom::Class(if byte.is_ascii_uppercase() { !class } else { class }))
    }

    fn code(&mut self, byte: u8) -> Option<u32> {
        match byte {
            b'n' => Some(0x0A),
            b'r' => Some(0x0D),
            b't' => Some(0x09),
            b'v' => Some(0x0B),
            b'f' => Some(0x0C),
            b'x' => self.digits(2),
            b'u' if self.take(b'{') => {
                let len = self.source.iter().position(|byte| *byte == b'}')?;
                let code = self.digits(len);
                self.next();
                code
            }
            b'u' => self.digits(4),
            _ => byte.is_ascii_punctuation().then_some(byte.into()),
        }
    }

    /// The number in so many hexadecimal digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.source.split_at_checked(count)?;
        self.source = rest;
        u32::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
    }

    fn number(&mut self) -> Option<usize> {
        let len = self.source.iter().position(|byte| !byte.is_ascii_digit())?;
        let (digits, rest) = self.source.split_at_checked(len)?;
        self.source = rest;
        // Longer numbers than fit are more than any limit.
        str::from_utf8(digits).ok()?.parse().ok()
    }
}

fn far(from: usize, to: usize) -> Option<i16> {
    i16::try_from(to.checked_signed_diff(from)?).ok()
}

fn in_both_cases(class: Class) -> Class {
    let letters = ((class >> b'A') | (class >> b'a')) & range(0, 25);
    class | letters << b'A' | letters << b'a'
}
