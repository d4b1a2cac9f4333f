//! What goes out to students by other ways than their own page, and what comes in from a payment service.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use campaign::case::tracks::Consent;
use campaign::day;
use campaign::message::AWAKE;
use campaign::register::contacts::{Contact, Outcome, Unsent, Way};
use campaign::register::orders::{self, LASTS_MS};
use campaign::register::{Act, Campaign};
use campaign::role::Role;
use outside::comparison::{Against, Answer, Question};
use outside::mail::Mail;
use outside::message::{Outgoing, Way as Sending};
use outside::pay::{Event, Order, OrderNumber, Transaction};
use outside::retry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::campaigns::name;
use super::me::own;
use crate::app::{App, now_ms};
use crate::keys;
use crate::outside::Pay;
use crate::problem::Problem;
use crate::who::Who;

/// Messages older than this are not sent any more: who gives an address later is not told what is over.
const STILL_NEW_MS: u64 = 3 * 86_400_000;

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
    let contact = app.register().contacts(&id, &keys.school).await?.remove(&entry.id);
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
    let contact = app.register().set_contact(&id, entry.id, &contact, &keys.school).await?;
    Ok(ContactView::of(&app, contact))
}

/// Sends what was said to those who gave an address; what is not taken now is tried again. Nobody is woken.
pub async fn send(app: &App, campaign: &Campaign, at_ms: u64) -> Result<(), Problem> {
    let outside = app.outside();
    let is_on = outside.mail.is_some() || outside.messages.is_some();
    if !is_on || !AWAKE.contains(&day::time_of_ms(at_ms).hour()) {
        return Ok(());
    }
    let id = &campaign.id;
    let since = (at_ms.saturating_sub(STILL_NEW_MS), at_ms);
    for way in [Way::Mail, Way::Message] {
        let unsent = app.register().unsent(id, way, since).await?;
        if unsent.is_empty() {
            continue;
        }
        let keys = keys::of(app, id).await?;
        let contacts = app.register().contacts(id, &keys.school).await?;
        for message in &unsent {
            let Some(contact) = contacts.get(&message.student) else { continue };
            let Some(outcome) = tried(app, campaign, (message, way), contact, at_ms).await else { continue };
            app.register().tried(id, (message, way), &outcome, at_ms).await?;
        }
    }
    Ok(())
}

/// One try; none where this student or this server does not have the way.
async fn tried(
    app: &App,
    campaign: &Campaign,
    (message, way): (&Unsent, Way),
    contact: &Contact,
    at_ms: u64,
) -> Option<Outcome> {
    let known = format!("{}/{}/{}/{}", campaign.id, message.student, name(&message.kind), message.mark);
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, known.as_bytes());
    let title = &campaign.settings.campaign.title;
    let (is_final, fault) = match way {
        Way::Mail if !contact.email.is_empty() => {
            let subject: String = format!("{}（{title}）", message.kind.zh()).chars().take(100).collect();
            let text = format!("{}\n\n{}\n\n{title}", message.text[0], message.text[1]);
            let mail = Mail { id, to: &contact.email, subject: &subject, text: &text };
            match app.outside().mail.as_ref()?.send(&mail).await {
                Ok(()) => return Some(Outcome::Sent),
                Err(error) => (error.is_final(), error.to_string()),
            }
        }
        Way::Message if !contact.phone.is_empty() => {
            let kind = name(&message.kind);
            let text = &message.text[0];
            let values = Default::default();
            let outgoing = Outgoing { id, way: Sending::Sms, to: &contact.phone, kind: &kind, text, values };
            match app.outside().messages.as_ref()?.send(&outgoing).await {
                Ok(()) => return Some(Outcome::Sent),
                Err(error) => (error.is_final(), error.to_string()),
            }
        }
        Way::Mail | Way::Message => return None,
    };
    let pause = retry::after(message.tries + 1).filter(|_| !is_final);
    Some(match pause {
        Some(pause) => Outcome::Again(at_ms + pause.as_millis() as u64, fault),
        None => Outcome::Refused(fault),
    })
}

/// What a phone pays.
#[derive(Serialize, ToSchema)]
pub struct OrderView {
    /// How much, fen.
    fen: i64,
    /// What WeChat opens.
    link: String,
    /// The same as a picture to be scanned, as SVG.
    picture: String,
    /// Until when, milliseconds since 1970-01-01 UTC.
    until_ms: u64,
}

fn pay_of(app: &App) -> Result<&Pay, Problem> {
    app.outside().pay.as_ref().ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "off",
            "学校没有启用在线支付，请按通知的方式缴费",
            "this server takes no payments online: pay as the notice says",
        )
    })
}

/// An order over what one still owes: the open one, or a new one.
#[utoipa::path(post, path = "/api/me/order", tag = "me",
    responses((status = 200, body = OrderView), (status = 409, body = Problem), (status = 422, body = Problem), (status = 502, body = Problem)))]
pub async fn order(State(app): State<App>, who: Who) -> Result<Json<OrderView>, Problem> {
    let (id, campaign, entry) = own(&app, &who).await?;
    let pay = pay_of(&app)?;
    let order = app.register().order_of(&id, entry.id, &who.act("")).await?;
    let until_ms = order.at_ms + LASTS_MS;
    let link = if order.link.is_empty() {
        let number = OrderNumber::new(&order.number).map_err(|fault| Problem::internal(fault.to_string()))?;
        let description: String =
            format!("图像采集费（{}）", campaign.settings.campaign.title).chars().take(100).collect();
        let total_fen = u32::try_from(order.fen).map_err(|error| Problem::internal(error.to_string()))?;
        let asked = Order { number: &number, description: &description, total_fen, until_ms: Some(until_ms) };
        let link = pay.gateway.native(&asked).await.map_err(|error| {
            Problem::new(StatusCode::BAD_GATEWAY, "payment-service", error.zh(), error.to_string())
        })?;
        app.register().keep_link(&order.number, &link).await?;
        link
    } else {
        order.link
    };
    let picture =
        seal::card::symbol_svg(&link).ok_or_else(|| Problem::internal("the link fits into no code"))?;
    Ok(Json(OrderView { fen: order.fen, link, picture, until_ms }))
}

/// Whom the comparison is about.
#[derive(Deserialize, ToSchema)]
pub struct Whom {
    student: Uuid,
}

/// What a comparison service outside says.
#[derive(Serialize, ToSchema)]
pub struct ComparedView {
    /// `same`, `unsure` or `different`. Nothing follows from it by itself.
    answer: String,
    /// How alike, 0 to 1, on the service's own scale.
    score: Option<f64>,
    /// Why it is not sure.
    zh: String,
    en: String,
}

/// Asks the comparison service of the configuration about the accepted photo of a student who agreed, by the document's
/// number; the log keeps that it was asked. A service that does not answer leaves it to a person.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/faces/outside", tag = "faces", params(("campaign" = String, Path)),
    request_body = Whom, responses((status = 200, body = ComparedView), (status = 409, body = Problem)))]
pub async fn compare(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(whom): Json<Whom>,
) -> Result<Json<ComparedView>, Problem> {
    let id = who.campaign(&campaign)?;
    let entry = app.register().student(&id, whom.student).await?;
    let refused = |code, zh: &str, en: &str| Problem::new(StatusCode::CONFLICT, code, zh, en);
    let service = app.outside().comparison.as_ref();
    let service =
        service.ok_or_else(|| refused("off", "没有配置比对服务", "no comparison service is configured"))?;
    if entry.case.consent != Consent::Agreed {
        return Err(refused(
            "no-consent",
            "该生没有同意人脸比对",
            "the student did not agree to the comparison",
        ));
    }
    let shots = app.register().accepted_shots(&id).await?;
    let shot = shots
        .get(&entry.id)
        .ok_or_else(|| refused("no-photo", "还没有采用的照片", "no photo is accepted yet"))?;
    let keys = keys::of(&app, &id).await?;
    let photo = app.desk().photo(&app.desk().shot(*shot).await?, &keys.desk).await?;
    app.register().seen(&id, "comparison-service", (1, Some(entry.id)), &who.act("")).await?;
    let kind = name(&entry.student.document_type);
    let against = Against::Document { kind: &kind, number: &entry.student.document_no };
    let answer = service.compare(&Question { id: Uuid::now_v7(), photo: &photo, against }).await;
    let said = |answer: &str, score| ComparedView {
        answer: answer.into(),
        score,
        zh: String::new(),
        en: String::new(),
    };
    Ok(Json(match answer {
        Answer::Same { score } => said("same", Some(score)),
        Answer::Different { score } => said("different", Some(score)),
        Answer::Unsure(doubt) => {
            ComparedView { zh: doubt.zh(), en: doubt.to_string(), ..said("unsure", None) }
        }
    }))
}

/// What WeChat Pay tells by itself. Its signature alone lets it in; what is told twice is one payment.
#[utoipa::path(post, path = "/api/pay/wechat", tag = "fees",
    request_body(content = Vec<u8>, content_type = "application/json"),
    responses((status = 204), (status = 401, body = Problem), (status = 409, body = Problem)))]
pub async fn paid(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, Problem> {
    let pay = pay_of(&app)?;
    let now = now_ms();
    let told = pay.gateway.account().notification(&headers, &body, now / 1000);
    let told = told.map_err(|error| {
        Problem::new(StatusCode::UNAUTHORIZED, "not-the-payment-service", error.zh(), error.to_string())
    })?;
    let is_known = pay.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner).has(&told.id);
    if is_known {
        return Ok(StatusCode::NO_CONTENT);
    }
    if let Event::Paid(transaction) = told.event {
        take(&app, transaction, now).await?;
    }
    pay.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner).keep(&told.id);
    Ok(StatusCode::NO_CONTENT)
}

async fn take(app: &App, transaction: Transaction, now_ms: u64) -> Result<(), Problem> {
    let (Some(number), Some(fen)) = (transaction.id, transaction.total_fen) else {
        return Err(Problem::unusable(
            "支付通知缺少交易单号或金额",
            "the word of a payment lacks its number or sum",
        ));
    };
    let at_ms = transaction.paid_at_ms.unwrap_or(now_ms);
    let payment = orders::Payment { order: transaction.order, number, fen: i64::from(fen), at_ms };
    let act = Act { role: Role::System, account: "-", at_ms: now_ms, reason: "" };
    app.register().take_payment(&payment, &act).await?;
    Ok(())
}
