//! A station becomes one, once, and its word is taken away again.

use super::*;
use crate::keys::ReceivingKey;

fn signing(suite: Suite, byte: u8) -> SigningKey {
    SigningKey::new(suite, Zeroizing::new(vec![byte; suite.signing_key_bytes()])).unwrap()
}

fn receiving(suite: Suite, byte: u8) -> ReceivingKey {
    ReceivingKey::new(suite, Zeroizing::new(vec![byte; suite.receiving_key_bytes()])).unwrap()
}

fn campaign() -> CampaignId {
    "xd-2027".to_owned().try_into().unwrap()
}

fn station(name: &str) -> StationId {
    name.to_owned().try_into().unwrap()
}

fn token(byte: u8) -> Token {
    Token::new([byte; TOKEN_BYTES])
}

fn office(suite: Suite) -> Office {
    let mut office = Office::new(campaign(), suite);
    office.open(station("2"), token(7), 1000);
    office
}

fn asked(suite: Suite, name: &str, byte: u8) -> Vec<u8> {
    let (signing, receiving) = (signing(suite, 1), receiving(suite, 2));
    let keys = (&signing, receiving.public());
    request(&campaign(), &station(name), keys, &token(byte)).unwrap()
}

#[test]
fn a_token_enrols_one_station_once() {
    for suite in Suite::ALL {
        let mut office = office(suite);
        let certificate = office.admit(&asked(suite, "2", 7), 999, (1000, 2000)).unwrap();
        assert_eq!(certificate.station, station("2"));
        assert_eq!(certificate.signing, *signing(suite, 1).public());
        let again = office.admit(&asked(suite, "2", 7), 999, (1000, 2000));
        assert_eq!(again, Err(EnrolmentFault::NoToken));

        let authority = signing(suite, 3);
        let bytes = certify(&certificate, &authority).unwrap();
        assert_eq!(read_certificate(&bytes, authority.public()), Ok(certificate));
        let other = read_certificate(&bytes, signing(suite, 4).public());
        assert_eq!(other, Err(StatementFault::UnknownSigner(authority.public().id())));
    }
}

#[test]
fn a_wrong_request_enrols_nobody_and_leaves_the_token_open() {
    for suite in Suite::ALL {
        let mut office = office(suite);
        let period = (1000, 2000);
        let good = asked(suite, "2", 7);
        assert_eq!(office.admit(&asked(suite, "2", 8), 0, period), Err(EnrolmentFault::WrongToken));
        assert_eq!(office.admit(&asked(suite, "3", 7), 0, period), Err(EnrolmentFault::NoToken));
        assert_eq!(office.admit(&good, 1000, period), Err(EnrolmentFault::Expired));
        let damaged = Err(EnrolmentFault::Request(StatementFault::Damaged));
        assert_eq!(office.admit(&good[..good.len() - 1], 0, period), damaged);
        for bit in 0..good.len() * 8 {
            let mut changed = good.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(office.admit(&changed, 0, period).is_err(), "{suite:?}: bit {bit}");
        }
        let (signing, receiving) = (signing(suite, 1), receiving(suite, 2));
        let keys = (&signing, receiving.public());
        let other =
            request(&"xd-2028".to_owned().try_into().unwrap(), &station("2"), keys, &token(7)).unwrap();
        assert_eq!(office.admit(&other, 0, period), Err(EnrolmentFault::Other));
        assert!(office.admit(&good, 0, period).is_ok());
    }
}

/// Somebody saw the request on its way and puts a key of their own into it.
#[test]
fn a_request_cannot_bring_the_keys_of_somebody_else() {
    let suite = Suite::Modern;
    let (signing, receiving) = (signing(suite, 66), receiving(suite, 67));
    let keys = (&signing, receiving.public());
    let mut body: RequestBody = minicbor::decode(&statement::peek(&asked(suite, "2", 7)).unwrap()).unwrap();
    body.signing = keys.0.public().bytes().to_vec().into();
    let forged = statement::write(REQUEST, &minicbor::to_vec(body).unwrap(), keys.0).unwrap();
    assert_eq!(office(suite).admit(&forged, 0, (0, 1)), Err(EnrolmentFault::WrongToken));
}

#[test]
fn keys_overlap_while_they_rotate_and_a_revoked_one_is_out_at_once() {
    let suite = Suite::Gm;
    let mut trust = Trust::default();
    for (byte, from_s, until_s) in [(1, 0, 100), (2, 80, 200)] {
        trust.certify(Certificate {
            campaign: campaign(),
            station: station("2"),
            signing: signing(suite, byte).public().clone(),
            receiving: receiving(suite, byte).public().clone(),
            from_s,
            until_s,
        });
    }
    let key = |byte| signing(suite, byte).public().clone();
    assert_eq!(trust.stations_at(79), [key(1)]);
    assert_eq!(trust.stations_at(80), [key(1), key(2)]);
    assert_eq!(trust.stations_at(100), [key(2)]);
    trust.revoke(key(1).id());
    assert_eq!(trust.stations_at(90), [key(2)]);
    assert_eq!(trust.stations_at(200), []);
}

#[test]
fn a_token_can_be_typed_and_is_not_printed_by_debug() {
    let token = Token::new([
        0x1f, 0x2e, 0x3d, 0x4c, 0x5b, 0x6a, 0x79, 0x88, 0x97, 0xa6, 0xb5, 0xc4, 0xd3, 0xe2, 0xf1, 0,
    ]);
    assert_eq!(token.reveal().as_str(), "1f2e-3d4c-5b6a-7988-97a6-b5c4-d3e2-f100");
    let typed = Token::parse(" 1F2E 3d4c5b6a 7988 97a6-b5c4-d3e2-f100 ").unwrap();
    assert_eq!(typed.reveal().as_str(), token.reveal().as_str());
    assert!(Token::parse("1f2e").is_none() && Token::parse(&"g".repeat(32)).is_none());
    assert_eq!(format!("{token:?}"), "Token(***)");
}

#[test]
fn a_welcome_counts_for_whoever_holds_the_token_and_the_key() {
    for suite in Suite::ALL {
        let (authority, own) = (signing(suite, 3), signing(suite, 1));
        let certificate = office(suite).admit(&asked(suite, "2", 7), 999, (1000, 2000)).unwrap();
        let sent = Welcome {
            certificate,
            authority: authority.public().clone(),
            receivers: vec![receiving(suite, 5).public().clone()],
        };
        let bytes = welcome(&sent, &authority, &token(7)).unwrap();
        assert_eq!(read_welcome(&bytes, own.public(), &token(7)), Ok(sent));
        assert_eq!(read_welcome(&bytes, own.public(), &token(8)), Err(EnrolmentFault::WrongToken));
        assert!(read_welcome(&bytes, signing(suite, 2).public(), &token(7)).is_err());
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(read_welcome(&changed, own.public(), &token(7)).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_pass_is_for_one_thing_and_by_one_station() {
    for suite in Suite::ALL {
        let own = signing(suite, 1);
        let shown = pass("bundle", &own).unwrap();
        let known = [own.public().clone()];
        assert_eq!(read_pass(&shown, "bundle", &known), Ok(own.public().id()));
        assert_eq!(read_pass(&shown, "packet", &known), Err(StatementFault::SignatureWrong));
        let unknown = StatementFault::UnknownSigner(own.public().id());
        assert_eq!(read_pass(&shown, "bundle", &[]), Err(unknown));
    }
}
