//! Notifications that were acted on, so that one sent again is not acted on again.

use std::collections::{HashSet, VecDeque};

/// The newest ids, so many at most; the oldest goes first.
///
/// A shield in front of a database and not in its place: it forgets with a restart, and two processes have two. Whoever
/// acts on a notification keeps its id, or better the number of its transaction, in the same transaction as the act.
#[derive(Debug)]
pub struct Seen {
    most: usize,
    order: VecDeque<String>,
    ids: HashSet<String>,
}

impl Seen {
    /// A window of at most so many ids, at least one.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), order: VecDeque::new(), ids: HashSet::new() }
    }

    /// Whether an id was kept and is still in the window.
    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// Keeps an id, once what it asks for is done: what failed half-way is sent again by the gateway and must count then.
    /// Says whether it is new.
    pub fn keep(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_new_once_and_the_window_never_grows() {
        let mut seen = Seen::new(3);
        for id in ["a", "b", "c"] {
            assert!(seen.keep(id));
            assert!(!seen.keep(id));
        }
        assert!(seen.keep("d"));
        assert!(!seen.has("a") && seen.has("b") && seen.has("d"));
        for id in 0..1000 {
            seen.keep(&id.to_string());
        }
        assert_eq!((seen.order.len(), seen.ids.len()), (3, 3));
    }
}
