//! Ids and digests as people and files write them: lower-case hexadecimal digits, two per byte, no separators.

use base16ct::lower;

/// The digits of some bytes.
pub fn text(bytes: &[u8]) -> String {
    lower::encode_string(bytes)
}

/// Exactly `N` bytes; `None` for anything that [`text`] does not write.
pub fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let whole = lower::decode(text, &mut bytes).is_ok_and(|read| read.len() == N);
    whole.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_written_is_read() {
        assert_eq!(text(&[0, 0xAB, 0xFF]), "00abff");
        assert_eq!(read("00abff"), Some([0, 0xAB, 0xFF]));
        for wrong in ["", "00abf", "00abff00", "00ABFF", "00abfg", "00 bff", "é0abf"] {
            assert_eq!(read::<3>(wrong), None, "{wrong}");
        }
    }
}
