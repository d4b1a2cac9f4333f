//! Fees: bills taken in, whose a payment is, the monitor's list, what goes back, what is settled.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use campaign::fee::settlement::{Line, sum};
use campaign::fee::{bill, yuan};
use campaign::register::payments::{Movement, Owing};
use campaign::register::refunds::Refund;
use campaign::register::roll::Filter;
use campaign::settings::policy::Session;
use seal::identity::CampaignId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::campaigns::name;
use super::students::StudentView;
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::who::Who;

/// The money of a campaign. All sums in fen.
#[derive(Serialize, ToSchema)]
pub struct FeesView {
    /// The price of one; none where nothing is paid.
    price: Option<u32>,
    /// `student`, `class` or `unit`.
    payer: Option<String>,
    /// The last day of paying.
    due: Option<String>,
    product: Option<String>,
    /// What came in, of whomever.
    received: i64,
    /// What went back.
    returned: i64,
    /// What a person must settle.
    findings: Vec<FindingView>,
    /// Movements of which it is not certain whose they are.
    unknown: Vec<MovementView>,
    refunds: Vec<RefundView>,
}

/// A student whose money a person must look at.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    student: StudentView,
    /// `unpaid-but-shot`, `paid-not-shot`, `twice` or `wrong-sum`.
    finding: String,
    finding_zh: String,
    due: i64,
    balance: i64,
}

/// A movement of money.
#[derive(Serialize, ToSchema)]
pub struct MovementView {
    service: String,
    number: String,
    at: String,
    fen: i64,
    payer: String,
    note: String,
}

impl From<&Movement> for MovementView {
    fn from(one: &Movement) -> Self {
        Self {
            service: one.service.clone(),
            number: one.number.clone(),
            at: one.at.clone(),
            fen: one.fen,
            payer: one.payer.clone(),
            note: one.note.clone(),
        }
    }
}

/// Money that goes back.
#[derive(Serialize, ToSchema)]
pub struct RefundView {
    id: Uuid,
    student: StudentView,
    fen: i64,
    reason: String,
    /// `asked`, `approved` or `paid`.
    state: String,
    /// Whether the signed-in account asked for it, and so does not approve it.
    own: bool,
    reference: String,
}

async fn refund_view(app: &App, who: &Who, id: &CampaignId, refund: &Refund) -> Result<RefundView, Problem> {
    let state = match (refund.approved_by.is_empty(), refund.reference.is_empty()) {
        (true, _) => "asked",
        (false, true) => "approved",
        (false, false) => "paid",
    };
    Ok(RefundView {
        id: refund.id,
        student: StudentView::of(&app.register().student(id, refund.student).await?),
        fen: refund.fen,
        reason: refund.reason.clone(),
        state: state.into(),
        own: refund.asked_by == who.id(),
        reference: refund.reference.clone(),
    })
}

/// The money of a campaign.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/fees", tag = "fees", params(("campaign" = String, Path)),
    responses((status = 200, body = FeesView)))]
pub async fn fees(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<FeesView>, Problem> {
    let id = who.campaign(&campaign)?;
    let settings = app.register().campaign(&id).await?.settings;
    let movements = app.register().movements(&id, false).await?;
    let sum = |sign: i64| movements.iter().map(|one| one.fen).filter(|fen| fen.signum() == sign).sum();
    let finding = |one: &Owing| {
        Some(FindingView {
            student: StudentView::of(&one.entry),
            finding: name(&one.finding?),
            finding_zh: one.finding?.zh().into(),
            due: one.due,
            balance: one.balance,
        })
    };
    let mut refunds = Vec::new();
    for refund in app.register().refunds(&id).await? {
        refunds.push(refund_view(&app, &who, &id, &refund).await?);
    }
    let fee = settings.fee.as_ref();
    Ok(Json(FeesView {
        price: settings.fee_fen(Session::Collective),
        payer: fee.map(|fee| name(&fee.payer)),
        due: fee.and_then(|fee| fee.due).map(|day| day.to_string()),
        product: fee.and_then(|fee| fee.product.clone()),
        received: sum(1),
        returned: -sum(-1),
        findings: app.register().owing(&id, ("", ""), who.at_ms).await?.iter().filter_map(finding).collect(),
        unknown: movements.iter().filter(|one| one.student.is_none()).map(MovementView::from).collect(),
        refunds,
    }))
}

/// What a bill came to.
#[derive(Serialize, ToSchema)]
pub struct TakenBill {
    /// Whose bill, such as 微信个人账单.
    layout: String,
    /// Movements that were not known.
    new: usize,
    /// Movements that stood in an earlier bill.
    known: usize,
    /// Of the new ones, how many found their student.
    matched: usize,
    /// The bill's income and what went back, in fen.
    received: i64,
    returned: i64,
    /// Lines that do not count, with the reason in Chinese and in English.
    others: Vec<OtherView>,
    /// Lines that could not be read.
    unread: Vec<usize>,
}

/// A line of a bill that does not count.
#[derive(Serialize, ToSchema)]
pub struct OtherView {
    line: usize,
    zh: String,
    en: String,
}

/// Takes a bill of WeChat Pay, Alipay or a bank as it was exported. The same bill twice is one.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/fees/bills", tag = "fees", params(("campaign" = String, Path)),
    request_body(content = Vec<u8>, content_type = "text/csv"), responses((status = 200, body = TakenBill)))]
pub async fn take_bill(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    bytes: Bytes,
) -> Result<Json<TakenBill>, Problem> {
    let id = who.campaign(&campaign)?;
    let bill = bill::read(&bytes).map_err(|fault| Problem::unusable(fault.zh(), fault.to_string()))?;
    let taken = app.register().take_bill(&id, &bill, &who.act("")).await?;
    let (received, returned) = bill.sums();
    let other =
        |other: &bill::Other| OtherView { line: other.line, zh: other.why.0.into(), en: other.why.1.into() };
    Ok(Json(TakenBill {
        layout: bill.layout.zh().into(),
        new: taken.new,
        known: taken.known,
        matched: taken.matched,
        received,
        returned: -returned,
        others: bill.others.iter().map(other).collect(),
        unread: bill.unread,
    }))
}

/// Whose a movement is.
#[derive(Deserialize, ToSchema)]
pub struct NewLink {
    service: String,
    number: String,
    /// 学号; empty for nobody.
    student_no: String,
}

/// A person says whose a movement is.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/fees/links", tag = "fees", params(("campaign" = String, Path)),
    request_body = NewLink, responses((status = 204), (status = 404, body = Problem)))]
pub async fn link(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewLink>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    let student = match new.student_no.trim() {
        "" => None,
        number => Some(app.register().student_of_number(&id, number).await?.id),
    };
    app.register().link_movement(&id, (&new.service, &new.number), student, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which class.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListOf {
    #[serde(default)]
    college: String,
    #[serde(default)]
    cohort: String,
}

/// A student on the list of a class.
#[derive(Serialize, ToSchema)]
pub struct PayerView {
    id: Uuid,
    student_no: String,
    /// Masked.
    name: String,
    college: String,
    cohort: String,
    /// Such as `claimed`.
    payment: String,
    payment_zh: String,
    /// Put on the list after the last day.
    late: bool,
    due: i64,
    balance: i64,
}

async fn payers(app: &App, who: &Who, campaign: &str, of: ListOf) -> Result<Vec<PayerView>, Problem> {
    let id = who.campaign(campaign)?;
    app.register().campaign(&id).await?;
    let filter = who.narrowed(Filter { college: of.college, cohort: of.cohort, ..Filter::default() })?;
    let owing = app.register().owing(&id, (&filter.college, &filter.cohort), who.at_ms).await?;
    let view = |one: Owing| {
        let [college, cohort, student_no, masked] = StudentView::of(&one.entry).line();
        PayerView {
            id: one.entry.id,
            student_no,
            name: masked,
            college,
            cohort,
            payment: name(&one.entry.case.payment),
            payment_zh: one.entry.case.payment.zh().into(),
            late: one.late,
            due: one.due,
            balance: one.balance,
        }
    };
    Ok(owing.into_iter().map(view).collect())
}

/// Who of a class has paid.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/fees/payers", tag = "fees", params(("campaign" = String, Path), ListOf),
    responses((status = 200, body = Vec<PayerView>)))]
pub async fn list(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(of): Query<ListOf>,
) -> Result<Json<Vec<PayerView>>, Problem> {
    Ok(Json(payers(&app, &who, &campaign, of).await?))
}

/// 已缴费名单: the same as an Excel file, masked; the log keeps that it was taken.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/fees/payers.xlsx", tag = "fees", params(("campaign" = String, Path), ListOf),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn list_table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(of): Query<ListOf>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let payers = payers(&app, &who, &campaign, of).await?;
    app.register().seen(&id, "payers.xlsx", (payers.len(), None), &who.act("")).await?;
    let row = |one: &PayerView| {
        let late = if one.late { "逾期上报" } else { "" };
        let sums = [yuan(one.due), yuan(one.balance)];
        let words = [&one.college, &one.cohort, &one.student_no, &one.name, &one.payment_zh];
        words.into_iter().cloned().chain(sums).chain([late.to_owned()]).collect()
    };
    let rows: Vec<Vec<String>> = payers.iter().map(row).collect();
    let headings = ["学院", "班级", "学号", "姓名", "缴费状态", "应缴（元）", "结余（元）", "备注"];
    export::table("payers.xlsx", &format!("缴费名单（{} 人）", rows.len()), &headings, &rows)
}

/// Students who gave their money.
#[derive(Deserialize, ToSchema)]
pub struct NewClaims {
    students: Vec<Uuid>,
}

/// How many.
#[derive(Serialize, ToSchema)]
pub struct HowMany {
    pub count: usize,
}

/// The monitor's list: these students gave their money. Late ones are marked.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/fees/claims", tag = "fees", params(("campaign" = String, Path)),
    request_body = NewClaims, responses((status = 200, body = HowMany), (status = 409, body = Problem)))]
pub async fn claim(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewClaims>,
) -> Result<Json<HowMany>, Problem> {
    let id = who.campaign(&campaign)?;
    for student in &new.students {
        who.sees(&app.register().student(&id, *student).await?)?;
    }
    Ok(Json(HowMany { count: app.register().claim(&id, &new.students, &who.act("")).await? }))
}

/// What a class or a college hands over.
#[derive(Deserialize, ToSchema)]
pub struct NewHandOver {
    college: String,
    /// Empty for the whole college.
    #[serde(default)]
    cohort: String,
    /// The sum that was counted.
    fen: i64,
}

/// Takes what a class or a college collected: the sum must be that of its list.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/fees/hand-overs", tag = "fees", params(("campaign" = String, Path)),
    request_body = NewHandOver, responses((status = 200, body = HowMany), (status = 409, body = Problem)))]
pub async fn hand_over(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewHandOver>,
) -> Result<Json<HowMany>, Problem> {
    let id = who.campaign(&campaign)?;
    let class = (new.college.as_str(), new.cohort.as_str());
    Ok(Json(HowMany { count: app.register().hand_over(&id, class, new.fen, &who.act("")).await? }))
}

/// Money that shall go back.
#[derive(Deserialize, ToSchema)]
pub struct NewRefund {
    student: Uuid,
    fen: i64,
    #[schema(min_length = 2)]
    reason: String,
}

/// Asks for money to go back to a student; another person approves it.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/fees/refunds", tag = "fees", params(("campaign" = String, Path)),
    request_body = NewRefund, responses((status = 201, body = RefundView), (status = 409, body = Problem)))]
pub async fn ask_refund(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Json(new): Json<NewRefund>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    who.sees(&app.register().student(&id, new.student).await?)?;
    let refund = app.register().ask_refund(&id, new.student, (new.fen, &new.reason), &who.act("")).await?;
    let view = refund_view(&app, &who, &id, &refund).await?;
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

/// Approves a refund that somebody else asked for.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/fees/refunds/{refund}/approval", tag = "fees",
    params(("campaign" = String, Path), ("refund" = Uuid, Path)),
    responses((status = 204), (status = 409, body = Problem)))]
pub async fn approve_refund(
    State(app): State<App>,
    who: Who,
    Path((campaign, refund)): Path<(String, Uuid)>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().approve_refund(&id, refund, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a refund back that nobody approved.
#[utoipa::path(delete, path = "/api/campaigns/{campaign}/fees/refunds/{refund}", tag = "fees",
    params(("campaign" = String, Path), ("refund" = Uuid, Path)),
    responses((status = 204), (status = 409, body = Problem)))]
pub async fn decline_refund(
    State(app): State<App>,
    who: Who,
    Path((campaign, refund)): Path<(String, Uuid)>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().decline_refund(&id, refund, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Under which number the money went out.
#[derive(Deserialize, ToSchema)]
pub struct Paid {
    #[schema(min_length = 1)]
    reference: String,
}

/// The money of an approved refund went out.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/fees/refunds/{refund}/payment", tag = "fees",
    params(("campaign" = String, Path), ("refund" = Uuid, Path)), request_body = Paid,
    responses((status = 204), (status = 409, body = Problem)))]
pub async fn pay_refund(
    State(app): State<App>,
    who: Who,
    Path((campaign, refund)): Path<(String, Uuid)>,
    Json(paid): Json<Paid>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().pay_refund(&id, refund, &paid.reference, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is settled by a class. All sums in fen.
#[derive(Serialize, ToSchema)]
pub struct SettlementLine {
    college: String,
    cohort: String,
    heads: i64,
    photographed: i64,
    waived: i64,
    price: i64,
    /// (photographed − waived) × price.
    owed: i64,
    received: i64,
    /// Received beyond what is owed; negative where something is missing.
    over: i64,
}

impl From<&Line> for SettlementLine {
    fn from(line: &Line) -> Self {
        Self {
            college: line.college.clone(),
            cohort: line.cohort.clone(),
            heads: line.heads,
            photographed: line.photographed,
            waived: line.waived,
            price: line.price,
            owed: line.owed(),
            received: line.received,
            over: line.over(),
        }
    }
}

/// What is settled with each class, by the number really photographed.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/fees/settlement", tag = "fees", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<SettlementLine>)))]
pub async fn settlement(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<SettlementLine>>, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().campaign(&id).await?;
    Ok(Json(app.register().settlement(&id, who.at_ms).await?.iter().map(SettlementLine::from).collect()))
}

/// 结算表: each class, each college and the sum for the agency, as an Excel file.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/fees/settlement.xlsx", tag = "fees", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn settlement_table(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let settings = app.register().campaign(&id).await?.settings.campaign;
    let lines = app.register().settlement(&id, who.at_ms).await?;
    let row = |line: &Line, owed: i64| {
        let numbers = [line.heads, line.photographed, line.waived].map(|number| number.to_string());
        let sums = [line.price, owed, line.received, line.received - owed].map(yuan);
        let words = [line.college.clone(), line.cohort.clone()];
        words.into_iter().chain(numbers).chain(sums).collect::<Vec<_>>()
    };
    let mut by_college: HashMap<&str, Vec<&Line>> = HashMap::new();
    let mut order = Vec::new();
    for line in &lines {
        let known = by_college.entry(&line.college).or_default();
        if known.is_empty() {
            order.push(line.college.as_str());
        }
        known.push(line);
    }
    let mut rows = Vec::new();
    for college in order {
        let own = by_college.remove(college).unwrap_or_default();
        rows.extend(own.iter().map(|line| row(line, line.owed())));
        let (all, owed) = sum(&format!("{college} 小计"), own);
        rows.push(row(&all, owed));
    }
    let (all, owed) = sum("合计", &lines);
    rows.push(row(&all, owed));
    let headings =
        ["学院", "班级", "人数", "实拍人数", "免缴", "单价（元）", "应结（元）", "实收（元）", "差额（元）"];
    let agency = settings.agency.unwrap_or_else(|| "采集单位".into());
    export::table("settlement.xlsx", &format!("{} 与 {agency} 结算表", settings.school), &headings, &rows)
}
