//! The published vectors of both suites.

use std::convert::Infallible;

use sm2::elliptic_curve::rand_core::{TryCryptoRng, TryRng};

use super::{Suite, gm, modern};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect()
}

/// The random number that a published vector states.
struct Stated(Vec<u8>);

impl TryRng for Stated {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("the vectors state bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("the vectors state bytes")
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.copy_from_slice(&self.0.drain(..bytes.len()).collect::<Vec<_>>());
        Ok(())
    }
}

impl TryCryptoRng for Stated {}

/// RFC 8032 §7.1, tests 1 and 3.
#[test]
fn signatures_are_those_of_rfc_8032() {
    let cases = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];
    for (seed, public, message, signature) in cases {
        let [seed, public, message, signature] = [seed, public, message, signature].map(bytes);
        assert_eq!(modern::public_half(&seed), Some(public.clone()));
        assert_eq!(modern::sign(&seed, &message), Some(signature.clone()));
        assert!(modern::verifies(&public, &message, &signature));
        assert!(!modern::verifies(&public, &[&message[..], &[0]].concat(), &signature));
    }
}

/// RFC 8439 §2.8.2.
#[test]
fn ciphertexts_are_those_of_rfc_8439() {
    let key: Vec<u8> = (0x80..0xa0).collect();
    let nonce: [u8; 12] = bytes("070000004041424344454647").try_into().unwrap();
    let aad = bytes("50515253c0c1c2c3c4c5c6c7");
    let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
        future, sunscreen would be it.";
    let sealed = bytes(
        "d31a8d34648e60db7b86afbc53ef7ec2 a4aded51296e08fea9e2b5a736ee62d6\
         3dbea45e8ca9671282fafb69da92728b 1a71de0a9e060b2905d6a5b67ecd3b36\
         92ddbd7f2d778b8c9803aee328091b58 fab324e4fad675945585808b4831d7bc\
         3ff4def08e4b7a9de576d26586cec64b 6116 1ae10b594f09e26a7e902ecbd0600691",
    );
    assert_eq!(modern::encrypt(&key, &nonce, &aad, plain), Some(sealed.clone()));
    assert_eq!(modern::decrypt(&key, &nonce, &aad, &sealed).as_deref(), Some(&plain[..]));
    assert_eq!(modern::decrypt(&key, &nonce, b"", &sealed), None);
}

/// FIPS 180-4, the message "abc".
#[test]
fn digests_are_those_of_fips_180() {
    let expected = bytes("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(modern::digest(&[b"a", b"", b"bc"]).to_vec(), expected);
}

/// RFC 9180 §A.2.1: X25519, HKDF-SHA256, ChaCha20-Poly1305 in base mode. The vector encrypts with
/// additional data of its own, so encapsulation and the receiver's key are compared, and our own
/// message is opened.
#[test]
fn wrapping_encapsulates_as_in_rfc_9180() {
    let info = bytes("4f6465206f6e2061204772656369616e2055726e");
    let secret = bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
    let public = bytes("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
    let mut stated = Stated(bytes("909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b"));
    assert_eq!(modern::receiving_half(&secret), Some(public.clone()));
    let wrapped = modern::wrap(&public, &info, b"key", &mut stated).unwrap();
    let encapsulated = bytes("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
    assert_eq!(wrapped[..32], encapsulated);
    assert_eq!(modern::unwrap(&secret, &info, &wrapped).unwrap().as_slice(), b"key");
    assert_eq!(modern::unwrap(&secret, b"", &wrapped), None);
}

#[test]
fn a_public_key_of_small_order_is_refused() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(!modern::accepts_public(&neutral));
    assert!(!modern::accepts_public(&[7; 31]));
    let mut stated = Stated(vec![1; 64]);
    assert_eq!(modern::wrap(&neutral, b"", b"key", &mut stated), None);
    assert!(!modern::accepts_receiving(&[7; 31]));
}

/// GB/T 32905 annex A (GM/T 0004), both examples.
#[test]
fn digests_are_those_of_gbt_32905() {
    let abc = bytes("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    assert_eq!(gm::digest(&[b"a", b"bc"]).to_vec(), abc);
    let long = bytes("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    assert_eq!(gm::digest(&[&b"abcd".repeat(16)]).to_vec(), long);
}

/// GB/T 32907 annex A, both examples.
#[test]
fn the_block_cipher_is_that_of_gbt_32907() {
    use sm4::cipher::{Block, BlockCipherEncrypt, KeyInit};
    let key = bytes("0123456789abcdeffedcba9876543210");
    let mut block = Block::<sm4::Sm4>::try_from(key.as_slice()).unwrap();
    let cipher = sm4::Sm4::new_from_slice(&key).unwrap();
    cipher.encrypt_block(&mut block);
    assert_eq!(block.to_vec(), bytes("681edf34d206965e86b3e94f536e4246"));
    // The second example: a million times.
    for _ in 1..1_000_000 {
        cipher.encrypt_block(&mut block);
    }
    assert_eq!(block.to_vec(), bytes("595298c7c6fd271f0402f804c33d3f66"));
}

/// RFC 8998 §A.1.
#[test]
fn ciphertexts_are_those_of_rfc_8998() {
    let key = bytes("0123456789abcdeffedcba9876543210");
    let nonce: [u8; 12] = bytes("00001234567800000000abcd").try_into().unwrap();
    let aad = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let plain = bytes(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\
         eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa",
    );
    let sealed = bytes(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735\
         d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d\
         83de3541e4c2b58177e065a9bf7b62ec",
    );
    assert_eq!(gm::encrypt(&key, &nonce, &aad, &plain), Some(sealed.clone()));
    assert_eq!(gm::decrypt(&key, &nonce, &aad, &sealed), Some(plain));
    assert_eq!(gm::decrypt(&key, &nonce, b"", &sealed), None);
}

/// The key pair of the examples of GM/T 0003.5 (GB/T 32918.5), annexes A and C.
const SM2_SECRET: &str = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
const SM2_PUBLIC: &str = "04\
    09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020\
    ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";

/// GM/T 0003.5 annex A, with the signer's identifier 1234567812345678.
#[test]
fn signatures_verify_as_in_gmt_0003() {
    let signature = bytes(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3\
         b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    let (secret, public) = (bytes(SM2_SECRET), bytes(SM2_PUBLIC));
    assert_eq!(gm::public_half(&secret), Some(public.clone()));
    assert!(gm::verifies(&public, b"message digest", &signature));
    assert!(!gm::verifies(&public, b"message digesT", &signature));
    let ours = gm::sign(&secret, b"message digest").unwrap();
    assert!(gm::verifies(&public, b"message digest", &ours));
    assert!(!gm::verifies(&public, b"message digest", &ours[1..]));
}

/// GM/T 0003.5 annex C; the order of the parts is that of GB/T 32918.4, C1 C3 C2.
#[test]
fn wrapped_keys_are_those_of_gmt_0003() {
    let mut stated = Stated(bytes("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21"));
    let wrapped = bytes(
        "04\
         04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73\
         e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df0\
         59983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd8766\
         21886ca989ca9c7d58087307ca93092d651efa",
    );
    assert_eq!(gm::wrap(&bytes(SM2_PUBLIC), b"encryption standard", &mut stated), Some(wrapped.clone()));
    let opened = gm::unwrap(&bytes(SM2_SECRET), &wrapped).unwrap();
    assert_eq!(opened.as_slice(), b"encryption standard");
    for at in 0..wrapped.len() {
        let mut changed = wrapped.clone();
        changed[at] ^= 1;
        assert_eq!(gm::unwrap(&bytes(SM2_SECRET), &changed), None, "byte {at}");
    }
}

#[test]
fn what_is_no_sm2_key_is_refused() {
    assert!(gm::accepts_public(&bytes(SM2_PUBLIC)));
    let mut off_the_curve = bytes(SM2_PUBLIC);
    off_the_curve[64] ^= 1;
    assert!(!gm::accepts_public(&off_the_curve));
    assert!(!gm::accepts_public(&[0]), "the point at infinity");
    assert!(!gm::accepts_public(&[&[3], &bytes(SM2_PUBLIC)[1..33]].concat()), "compressed");
    let order_less_1 = bytes("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122");
    assert_eq!(gm::public_half(&[0; 32]), None);
    assert_eq!(gm::public_half(&order_less_1), None);
    assert_eq!(gm::public_half(&[0xff; 32]), None);
}

#[test]
fn every_suite_has_its_own_number_and_name() {
    for suite in Suite::ALL {
        assert_eq!(Suite::with_id(u64::from(suite.id())), Some(suite));
        assert_eq!(Suite::with_name(suite.name()), Some(suite));
    }
    assert_eq!((Suite::with_id(3), Suite::with_name("Modern")), (None, None));
}
