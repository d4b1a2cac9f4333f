//! A breaker: a service that failed several times in a row is left alone for a while. Pure; times come in.

/// Failures in a row until it rests. A choice.
pub const FAILURES: u32 = 5;
/// How long it rests, in milliseconds. A choice: a restart fits into it, a morning of shooting does not notice it.
pub const REST_MS: u64 = 60_000;

/// Whether a service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Breaker {
    failures: u32,
    rests_until_ms: Option<u64>,
}

impl Breaker {
    /// Whether to ask now. After a rest one question goes out; while it is on its way, nobody else asks.
    pub fn may_ask(&mut self, now_ms: u64) -> bool {
        match self.rests_until_ms {
            None => true,
            Some(until) if now_ms < until => false,
            Some(_) => {
                self.rests_until_ms = Some(now_ms.saturating_add(REST_MS));
                true
            }
        }
    }

    /// The service answered.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// The service did not answer, or not as it should.
    pub fn failed(&mut self, now_ms: u64) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES {
            self.rests_until_ms = Some(now_ms.saturating_add(REST_MS));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn after_five_failures_it_rests_a_minute_then_one_question_decides() {
        let mut breaker = Breaker::default();
        for now in 0..u64::from(FAILURES) {
            assert!(breaker.may_ask(now));
            breaker.failed(now);
        }
        let end = u64::from(FAILURES) - 1 + REST_MS;
        assert!(!breaker.may_ask(end - 1));
        assert!(breaker.may_ask(end), "one question");
        assert!(!breaker.may_ask(end + 1), "and no other beside it");
        breaker.failed(end + 10);
        assert!(!breaker.may_ask(end + 9 + REST_MS));
        assert!(breaker.may_ask(end + 10 + REST_MS));
        breaker.answered();
        assert_eq!(breaker, Breaker::default());
    }

    #[test]
    fn an_answer_between_failures_starts_the_count_anew() {
        let mut breaker = Breaker::default();
        for now in 0..100 {
            assert!(breaker.may_ask(now));
            if now % 4 == 3 { breaker.answered() } else { breaker.failed(now) }
        }
    }

    proptest! {
        /// A dead service is asked at most [`FAILURES`] times, and then once in each rest.
        #[test]
        fn a_dead_service_is_asked_a_bounded_number_of_times(steps in prop::collection::vec(0_u64..5_000, 1..400)) {
            let (mut breaker, mut now, mut asked) = (Breaker::default(), 0, 0);
            for step in steps {
                now += step;
                if breaker.may_ask(now) {
                    asked += 1;
                    breaker.failed(now);
                }
            }
            prop_assert!(asked <= u64::from(FAILURES) + now / REST_MS);
        }
    }
}
