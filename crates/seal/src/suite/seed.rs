//! Fresh random bytes from the caller, stretched to as many as an operation needs.

use std::convert::Infallible;
use std::fmt;

use sm2::elliptic_curve::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use super::{DIGEST_BYTES, Suite};

/// Length of a seed in bytes: as strong as the strongest key made from it.
pub const SEED_BYTES: usize = 32;

/// Bytes that nobody else knows, from the system's random source: for one operation, which uses them up.
pub struct Seed(Zeroizing<[u8; SEED_BYTES]>);

impl Seed {
    /// Takes fresh random bytes.
    pub fn new(random: [u8; SEED_BYTES]) -> Self {
        Self(Zeroizing::new(random))
    }

    pub(crate) fn stretch(self, suite: Suite) -> Stretched {
        Stretched { suite, seed: self, counter: 0, left: Zeroizing::new(Vec::new()) }
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(***)")
    }
}

/// The key derivation of GB/T 32918.4 §5.4.3 (the same as ANSI X9.63) with the suite's digest:
/// digest(seed ‖ counter) for counter = 1, 2, … of 32 bits.
pub(crate) struct Stretched {
    suite: Suite,
    seed: Seed,
    counter: u32,
    left: Zeroizing<Vec<u8>>,
}

impl Stretched {
    /// So many bytes as a secret.
    pub fn secret(&mut self, length: usize) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; length]);
        self.fill(&mut bytes);
        bytes
    }

    pub fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next_byte();
        }
    }

    fn next_byte(&mut self) -> u8 {
        if let Some(byte) = self.left.pop() {
            return byte;
        }
        self.counter += 1;
        let block: Zeroizing<[u8; DIGEST_BYTES]> =
            Zeroizing::new(self.suite.digest(&[&self.seed.0[..], &self.counter.to_be_bytes()]));
        self.left.extend(block.iter().rev());
        self.next_byte()
    }
}

impl TryRng for Stretched {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Stretched {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_blocks_of_the_standard_one_after_the_other() {
        for suite in Suite::ALL {
            let block = |counter: u32| suite.digest(&[&[7; SEED_BYTES], &counter.to_be_bytes()]);
            let mut stretched = Seed::new([7; SEED_BYTES]).stretch(suite);
            let (mut first, mut second) = ([0; 5], [0; 59]);
            stretched.fill(&mut first);
            stretched.fill(&mut second);
            assert_eq!([&first[..], &second[..]].concat(), [block(1), block(2)].concat(), "{suite:?}");
        }
    }
}
