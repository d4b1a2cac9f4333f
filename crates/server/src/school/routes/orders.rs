//! Fees paid online: what a phone pays, and what the payment service says of it.

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use campaign::register::orders::{self, LASTS_MS};
use campaign::register::{Act, Campaign};
use campaign::role::Role;
use outside::pay::notification::BODY_BYTES;
use outside::pay::{Event, Order, OrderNumber, PayError, Transaction, TransactionState};
use serde::Serialize;
use utoipa::ToSchema;

use super::me::own;
use crate::clock::now_ms;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::outside::Pay;
use crate::school::who::Who;

/// Orders that the service is asked about at most before the next campaign has its turn.
const AT_ONCE: usize = 200;

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
    for other in app.register().open_orders(&id, Some(entry.id)).await? {
        if other.number != order.number {
            end(&app, pay, &other).await?;
        }
    }
    let until_ms = order.at_ms + LASTS_MS;
    let link = if order.link.is_empty() {
        let number = numbered(&order)?;
        let description: String =
            format!("图像采集费（{}）", campaign.settings.campaign.title).chars().take(100).collect();
        let total_fen = u32::try_from(order.fen).map_err(|error| Problem::internal(error.to_string()))?;
        let asked = Order { number: &number, description: &description, total_fen, until_ms: Some(until_ms) };
        let link = pay.gateway.native(&asked).await.map_err(|error| unreachable(&error))?;
        app.register().keep_link(&order.number, &link).await?;
        link
    } else {
        order.link
    };
    let picture =
        seal::card::symbol_svg(&link).ok_or_else(|| Problem::internal("the link fits into no code"))?;
    Ok(Json(OrderView { fen: order.fen, link, picture, until_ms }))
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
    match pay.gateway.order(&numbered(order)?).await {
        Ok(transaction)
            if matches!(transaction.state, TransactionState::Success | TransactionState::Refund) =>
        {
            take(app, transaction, now_ms).await
        }
        Ok(transaction) if transaction.state == TransactionState::Closed => {
            Ok(app.register().close_order(&order.number).await?)
        }
        Ok(_) if order.at_ms + LASTS_MS * 9 / 10 > now_ms => Ok(()),
        Ok(_) => end(app, pay, order).await,
        // It never reached the service.
        Err(error) if error.is_missing() => Ok(app.register().close_order(&order.number).await?),
        Err(error) => Err(unreachable(&error)),
    }
}

/// Nobody can pay an order any more.
async fn end(app: &App, pay: &Pay, order: &orders::Order) -> Result<(), Problem> {
    match pay.gateway.close(&numbered(order)?).await {
        Err(error) if !error.is_missing() => Err(unreachable(&error)),
        _ => Ok(app.register().close_order(&order.number).await?),
    }
}

fn numbered(order: &orders::Order) -> Result<OrderNumber, Problem> {
    OrderNumber::new(&order.number).map_err(|fault| Problem::internal(fault.to_string()))
}

fn unreachable(error: &PayError) -> Problem {
    Problem::new(StatusCode::BAD_GATEWAY, "payment-service", error.zh(), error.to_string())
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
