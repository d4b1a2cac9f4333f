//! What goes out to students by other ways than their own page, and what comes in from a payment service.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use campaign::case::tracks::Consent;
use campaign::day;
use campaign::message::AWAKE;
use campaign::phase::Phase;
use campaign::register::contacts::{Contact, Outcome, Unsent, Way};
use campaign::register::orders::{self, LASTS_MS};
use campaign::register::{Act, Campaign};
use campaign::role::Role;
use outside::comparison::{Against, Answer, Question};
use outside::mail::{Mail, MailError};
use outside::message::{MessageError, Outgoing, Way as Sending};
use outside::pay::notification::BODY_BYTES;
use outside::pay::{Event, Order, OrderNumber, PayError, Transaction, TransactionState};
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

/// Messages older than this are not sent any more: what was said yesterday of tomorrow is over.
const STILL_NEW_MS: u64 = 12 * 3_600_000;
/// Messages that go out at most before the next campaign has its turn.
const AT_ONCE: usize = 200;

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
    let contacts = app.register().contacts(id, &keys.school).await?;
    for message in unsent.iter().take(AT_ONCE) {
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
        let outcome = match tried(app, campaign, (message, way), contact).await {
            Ok(()) => Outcome::Sent,
            Err(Fault::Ours(why)) => {
                // Every other message would end alike: all wait until somebody has mended it.
                tracing::warn!(%why, ?way, "messages wait: this server's way of sending them is refused");
                return Ok(());
            }
            Err(Fault::Never(why)) => Outcome::Refused(why),
            Err(Fault::Later(why)) => match retry::after(message.tries + 1) {
                Some(pause) => Outcome::Again(now + pause.as_millis() as u64, why),
                None => Outcome::Refused(why),
            },
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
    // What was paid and not told, or asked for with another sum, is settled before anything is asked for again.
    for known in app.register().open_orders(&id, Some(entry.id)).await? {
        look_up(&app, pay, &known, who.at_ms).await?;
    }
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
    let campaign = app.register().campaign(&id).await?;
    let entry = app.register().student(&id, whom.student).await?;
    let refused = |code, zh: &str, en: &str| Problem::new(StatusCode::CONFLICT, code, zh, en);
    let service = app.outside().comparison.as_ref();
    let service =
        service.ok_or_else(|| refused("off", "没有配置比对服务", "no comparison service is configured"))?;
    if campaign.settings.photo.reference.is_none() || campaign.state.phase >= Phase::Closed {
        return Err(refused(
            "off",
            "本次采集没有启用人脸比对，或已结束",
            "this campaign compares no faces, or it is closed",
        ));
    }
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
pub async fn paid(State(app): State<App>, request: Request) -> Result<StatusCode, Problem> {
    let pay = pay_of(&app)?;
    let now = now_ms();
    let (head, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES).await;
    let body = body.map_err(|_| Problem::unusable("通知过大", "the word of a payment is too long"))?;
    let told = pay.gateway.account().notification(&head.headers, &body, now / 1000);
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

/// Asks the service about orders of a campaign that nobody told of, so that a word that never came is not missed.
pub async fn look_up_orders(app: &App, campaign: &Campaign, now_ms: u64) -> Result<(), Problem> {
    let Some(pay) = app.outside().pay.as_ref() else { return Ok(()) };
    let orders = app.register().open_orders(&campaign.id, None).await?;
    // Those that can still be paid are left alone for a while: the service tells by itself.
    for order in orders.iter().filter(|order| order.at_ms + LASTS_MS < now_ms).take(AT_ONCE) {
        look_up(app, pay, order, now_ms).await?;
    }
    Ok(())
}

/// Settles an order that was paid, and ends one that cannot be paid any more or should not be.
async fn look_up(app: &App, pay: &Pay, order: &orders::Order, now_ms: u64) -> Result<(), Problem> {
    let unreachable = |error: PayError| {
        Problem::new(StatusCode::BAD_GATEWAY, "payment-service", error.zh(), error.to_string())
    };
    let number = OrderNumber::new(&order.number).map_err(|fault| Problem::internal(fault.to_string()))?;
    match pay.gateway.order(&number).await {
        Ok(transaction)
            if matches!(transaction.state, TransactionState::Success | TransactionState::Refund) =>
        {
            take(app, transaction, now_ms).await
        }
        Ok(transaction) if transaction.state == TransactionState::Closed => {
            Ok(app.register().close_order(&order.number).await?)
        }
        Ok(_) if order.at_ms + LASTS_MS * 9 / 10 > now_ms => Ok(()),
        Ok(_) => {
            pay.gateway.close(&number).await.map_err(unreachable)?;
            Ok(app.register().close_order(&order.number).await?)
        }
        // It never reached the service.
        Err(error) if error.is_missing() => Ok(app.register().close_order(&order.number).await?),
        Err(error) => Err(unreachable(error)),
    }
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
