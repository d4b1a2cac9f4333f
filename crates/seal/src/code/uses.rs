//! What was scanned before: first uses, and to whom an opaque code was bound. Holds fingerprints only.

use std::collections::BTreeMap;

use super::fingerprint::Fingerprint;
use crate::identity::StationId;

/// Two scans of one code at one station within this many milliseconds are one event: the operator's hand
/// shook, or the reader fired twice.
pub const SAME_EVENT_MS: u64 = 60_000;

/// When and where a code was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// Where.
    pub station: StationId,
}

impl Use {
    /// Whether another use is the same event.
    pub fn is_same_event(&self, other: &Self) -> bool {
        self.station == other.station && self.at_ms.abs_diff(other.at_ms) <= SAME_EVENT_MS
    }
}

/// The first use of every code.
#[derive(Debug, Default)]
pub struct Uses(BTreeMap<Fingerprint, Use>);

impl Uses {
    /// The first use of a code.
    pub fn first(&self, fingerprint: Fingerprint) -> Option<&Use> {
        self.0.get(&fingerprint)
    }

    /// Keeps a use if it is the first. Uses learnt later from another station may be earlier and take the
    /// place of the one kept.
    pub fn note(&mut self, fingerprint: Fingerprint, used: Use) {
        let first = self.0.entry(fingerprint).or_insert_with(|| used.clone());
        if used.at_ms < first.at_ms {
            *first = used;
        }
    }
}

/// Opaque codes bound to those who first showed them; `H` is what the caller knows of a person: a student
/// on the school's side, a shot number on the capture side.
#[derive(Debug, Default)]
pub struct Bindings<H> {
    holder_of: BTreeMap<Fingerprint, H>,
    code_of: BTreeMap<H, Fingerprint>,
}

/// What binding a code gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding<H> {
    /// Bound now.
    Bound,
    /// The same code was bound to the same person before.
    Same,
    /// The code is bound to somebody else.
    OfAnother(H),
    /// The person showed another code before.
    OtherCode(Fingerprint),
}

impl<H: Clone + Ord> Bindings<H> {
    /// Binds a code on its first scan, and afterwards checks that it is the same; never changes a binding.
    pub fn bind(&mut self, fingerprint: Fingerprint, holder: H) -> Binding<H> {
        match (self.holder_of.get(&fingerprint), self.code_of.get(&holder)) {
            (Some(bound), _) if *bound == holder => Binding::Same,
            (Some(bound), _) => Binding::OfAnother(bound.clone()),
            (None, Some(other)) => Binding::OtherCode(*other),
            (None, None) => {
                self.holder_of.insert(fingerprint, holder.clone());
                self.code_of.insert(holder, fingerprint);
                Binding::Bound
            }
        }
    }

    /// Takes a binding back, as when somebody's phone showed a wrong code; a person decides that.
    pub fn release(&mut self, fingerprint: Fingerprint) -> Option<H> {
        let holder = self.holder_of.remove(&fingerprint)?;
        self.code_of.remove(&holder);
        Some(holder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(at_ms: u64, station: &str) -> Use {
        Use { at_ms, station: station.to_owned().try_into().unwrap() }
    }

    #[test]
    fn the_earliest_use_is_kept_whatever_the_order_of_news() {
        let code = Fingerprint([1; 32]);
        let mut uses = Uses::default();
        uses.note(code, used(500, "2"));
        uses.note(code, used(900, "1"));
        assert_eq!(uses.first(code), Some(&used(500, "2")));
        uses.note(code, used(100, "3"));
        assert_eq!(uses.first(code), Some(&used(100, "3")));
        assert_eq!(uses.first(Fingerprint([2; 32])), None);
    }

    #[test]
    fn a_second_scan_within_a_minute_at_the_same_station_is_the_same_event() {
        let first = used(1_000_000, "2");
        for (later, same) in [(1_060_000, true), (1_060_001, false), (940_000, true)] {
            assert_eq!(first.is_same_event(&used(later, "2")), same, "{later}");
        }
        assert!(!first.is_same_event(&used(1_000_001, "3")));
    }

    #[test]
    fn an_opaque_code_stays_with_the_one_who_first_showed_it() {
        let (code, other) = (Fingerprint([1; 32]), Fingerprint([2; 32]));
        let mut bindings = Bindings::default();
        assert_eq!(bindings.bind(code, "2-0137"), Binding::Bound);
        assert_eq!(bindings.bind(code, "2-0137"), Binding::Same);
        assert_eq!(bindings.bind(code, "2-0138"), Binding::OfAnother("2-0137"));
        assert_eq!(bindings.bind(other, "2-0137"), Binding::OtherCode(code));
        assert_eq!(bindings.release(code), Some("2-0137"));
        assert_eq!(bindings.bind(other, "2-0137"), Binding::Bound);
    }
}
