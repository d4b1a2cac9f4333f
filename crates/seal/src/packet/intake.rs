//! What the centre took in: the same packet twice is one packet, and two packets for one photo are an alarm.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::PacketId;
use super::contents::Contents;
use crate::identity::CampaignId;

/// The packets taken in so far, by the photo that they carry.
#[derive(Debug, Default)]
pub struct Intake(BTreeMap<(CampaignId, Uuid, u32), PacketId>);

/// What taking a packet in gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is new.
    New,
    /// It was taken in before; the same receipt is sent again.
    Again,
    /// Another packet claims to be this photo. Neither is dropped; a person looks.
    Conflict(PacketId),
}

impl Intake {
    /// Takes an opened packet in.
    pub fn take(&mut self, id: PacketId, contents: &Contents) -> Taken {
        let register = &contents.register;
        let photo = (contents.campaign.clone(), register.shot, register.generation);
        match self.0.get(&photo) {
            Some(known) if *known == id => Taken::Again,
            Some(known) => Taken::Conflict(*known),
            None => {
                self.0.insert(photo, id);
                Taken::New
            }
        }
    }
}
