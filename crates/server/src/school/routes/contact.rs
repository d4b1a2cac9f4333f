//! Where students want to be reached beside their own page, and what is sent there.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use campaign::day;
use campaign::message::AWAKE;
use campaign::phase::Phase;
use campaign::register::Campaign;
use campaign::register::contacts::{Contact, Outcome, Unsent, Way};
use outside::mail::{Mail, MailError};
use outside::message::{MessageError, Outgoing, Way as Sending};
use outside::retry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::name;
use super::me::own;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::keys;
use crate::school::who::Who;

/// Messages older than this are not sent any more: what was said yesterday of tomorrow is over.
const STILL_NEW_MS: u64 = 12 * 3_600_000;
/// Messages that go out at most before the next campaign has its turn.
const AT_ONCE: usize = 200;
/// Who does not take so many in one turn is left alone until the next.
const MOST_LATER: usize = 3;

/// Where one wants to be reached.
#[derive(Deserialize, Serialize, ToSchema)]
pub struct ContactView {
    /// For mail; empty for none.
    #[serde(default)]
    #[schema(max_length = 254)]
    email: String,
    /// For short messages; empty for none.
    #[serde(default)]
    #[schema(max_length = 16)]
    phone: String,
    /// What this server can send: `mail`, `message`.
    #[serde(default)]
    #[schema(read_only)]
    ways: Vec<String>,
}

impl ContactView {
    fn of(app: &App, contact: Contact) -> Json<Self> {
        let there =
            [(Way::Mail, app.outside().mail.is_some()), (Way::Message, app.outside().messages.is_some())];
        let ways = there.iter().filter(|(_, is_there)| *is_there).map(|(way, _)| name(way)).collect();
        Json(Self { email: contact.email, phone: contact.phone, ways })
    }
}

/// One's own addresses.
#[utoipa::path(get, path = "/api/me/contact", tag = "me", responses((status = 200, body = ContactView)))]
pub async fn contact(State(app): State<App>, who: Who) -> Result<Json<ContactView>, Problem> {
    let (id, _, entry) = own(&app, &who).await?;
    let keys = keys::of(&app, &id).await?;
    let contact = app.register().contacts(&id, Some(entry.id), &keys.school).await?.remove(&entry.id);
    Ok(ContactView::of(&app, contact.unwrap_or_default()))
}

/// Gives addresses, or takes them back by leaving them empty.
#[utoipa::path(put, path = "/api/me/contact", tag = "me", request_body = ContactView,
    responses((status = 200, body = ContactView), (status = 422, body = Problem)))]
pub async fn set_contact(
    State(app): State<App>,
    who: Who,
    Json(new): Json<ContactView>,
) -> Result<Json<ContactView>, Problem> {
    let (id, _, entry) = own(&app, &who).await?;
    let keys = keys::of(&app, &id).await?;
    let contact = Contact { email: new.email, phone: new.phone };
    if !contact.email.is_empty() && !outside::mail::is_receiver(contact.email.trim()) {
        return Err(Problem::unusable("邮箱地址不正确", "this is no mail address"));
    }
    let contact = app.register().set_contact(&id, entry.id, &contact, &keys.school).await?;
    Ok(ContactView::of(&app, contact))
}

/// Sends what was said to those who gave an address and whom it still concerns; what is not taken now is tried again.
/// Nobody is woken. `clock` gives milliseconds since 1970-01-01 UTC, because sending takes its time.
pub async fn send(app: &App, campaign: &Campaign, clock: impl Fn() -> u64) -> Result<(), Problem> {
    for (way, is_on) in
        [(Way::Mail, app.outside().mail.is_some()), (Way::Message, app.outside().messages.is_some())]
    {
        if is_on && campaign.state.phase < Phase::Closed {
            send_by(app, campaign, way, &clock).await?;
        }
    }
    Ok(())
}

async fn send_by(app: &App, campaign: &Campaign, way: Way, clock: &impl Fn() -> u64) -> Result<(), Problem> {
    let (id, now) = (&campaign.id, clock());
    let unsent = app.register().unsent(id, way, (now.saturating_sub(STILL_NEW_MS), now)).await?;
    if unsent.is_empty() || !AWAKE.contains(&day::time_of_ms(now).hour()) {
        return Ok(());
    }
    let keys = keys::of(app, id).await?;
    let contacts = app.register().contacts(id, None, &keys.school).await?;
    let (mut gone, mut later) = (0, 0);
    for message in &unsent {
        if gone == AT_ONCE || later == MOST_LATER {
            break;
        }
        let now = clock();
        let Some(contact) = contacts.get(&message.student).filter(|contact| has(contact, way)) else {
            continue;
        };
        let entry = app.register().student(id, message.student).await?;
        if !message.kind.still_concerns(&entry.case) || !AWAKE.contains(&day::time_of_ms(now).hour()) {
            continue;
        }
        if !app.register().take_sending(id, (message, way), now).await? {
            continue;
        }
        gone += 1;
        let outcome = match tried(app, campaign, (message, way), contact).await {
            Ok(()) => Outcome::Sent,
            Err(Fault::Ours(why)) => {
                // Every other message would end alike: all wait until somebody has mended it.
                tracing::warn!(%why, ?way, "messages wait: this server's way of sending them is refused");
                return Ok(());
            }
            Err(Fault::Never(why)) => Outcome::Refused(why),
            Err(Fault::Later(why)) => {
                later += 1;
                match retry::after(message.tries + 1) {
                    Some(pause) => Outcome::Again(now + pause.as_millis() as u64, why),
                    None => Outcome::Refused(why),
                }
            }
        };
        app.register().tried(id, (message, way), &outcome, now).await?;
    }
    Ok(())
}

fn has(contact: &Contact, way: Way) -> bool {
    match way {
        Way::Mail => !contact.email.is_empty(),
        Way::Message => !contact.phone.is_empty(),
    }
}

/// Why a message did not go.
enum Fault {
    /// The other side refuses this server, whatever it sends.
    Ours(String),
    /// It will never be taken.
    Never(String),
    /// Not now.
    Later(String),
}

/// One try.
async fn tried(
    app: &App,
    campaign: &Campaign,
    (message, way): (&Unsent, Way),
    contact: &Contact,
) -> Result<(), Fault> {
    let known = format!("{}/{}/{}/{}", campaign.id, message.student, name(&message.kind), message.mark);
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, known.as_bytes());
    let title = &campaign.settings.campaign.title;
    let off = || Fault::Ours("not configured".into());
    match way {
        Way::Mail => {
            let subject: String = format!("{}（{title}）", message.kind.zh()).chars().take(100).collect();
            let text = format!("{}\n\n{}\n\n{title}", message.text[0], message.text[1]);
            let mail = Mail { id, to: &contact.email, subject: &subject, text: &text };
            let mailer = app.outside().mail.as_ref().ok_or_else(off)?;
            mailer.send(&mail).await.map_err(|error| match error {
                MailError::Settings(why) => Fault::Ours(why),
                error if error.is_final() => Fault::Never(error.to_string()),
                error => Fault::Later(error.to_string()),
            })
        }
        Way::Message => {
            let kind = name(&message.kind);
            let (text, values) = (&message.text[0], BTreeMap::new());
            let outgoing = Outgoing { id, way: Sending::Sms, to: &contact.phone, kind: &kind, text, values };
            let service = app.outside().messages.as_ref().ok_or_else(off)?;
            service.send(&outgoing).await.map_err(|error| match error {
                MessageError::Settings(why) => Fault::Ours(why),
                error if error.is_final() => Fault::Never(error.to_string()),
                error => Fault::Later(error.to_string()),
            })
        }
    }
}
