//! Bills as WeChat Pay, Alipay and banks export them: a preamble of their own, GBK or UTF-8, back-quotes and tabs
//! around numbers, totals at the end. Every row becomes a payment, a refund, something that is no income, or a line
//! that a person must look at: none is lost.

use std::collections::HashMap;

use encoding_rs::GB18030;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::fen;

/// Largest bill, bytes.
const LARGEST: usize = 32 << 20;
/// Lines above the headings that are looked past: Alipay's newer exports have 24.
const PREAMBLE: usize = 60;

/// Who made the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// 微信支付账单明细, of a person.
    WechatPersonal,
    /// 微信商户平台 交易账单.
    WechatTrades,
    /// 微信商户平台 资金账单.
    WechatFunds,
    /// 支付宝交易明细, of a person; two forms over the years.
    AlipayPersonal,
    /// 支付宝商家 业务明细.
    AlipayTrades,
    /// 支付宝商家 账务明细.
    AlipayFunds,
    /// A bank's list of movements.
    Bank,
}

impl Layout {
    /// Its name in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::WechatPersonal => "微信个人账单",
            Self::WechatTrades => "微信商户交易账单",
            Self::WechatFunds => "微信商户资金账单",
            Self::AlipayPersonal => "支付宝个人账单",
            Self::AlipayTrades => "支付宝商家业务明细",
            Self::AlipayFunds => "支付宝商家账务明细",
            Self::Bank => "银行流水",
        }
    }

    /// The service whose numbers its movements carry: two exports of one service name the same payment alike.
    pub fn service(self) -> &'static str {
        match self {
            Self::WechatPersonal | Self::WechatTrades | Self::WechatFunds => "wechat",
            Self::AlipayPersonal | Self::AlipayTrades | Self::AlipayFunds => "alipay",
            Self::Bank => "bank",
        }
    }
}

/// Money that came in or went back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Line of the file, from 1.
    pub line: usize,
    /// The service's number of it.
    pub number: String,
    /// When, as the bill says, in China.
    pub at: DateTime,
    /// Positive for income, negative for a refund.
    pub fen: i64,
    /// Who paid, as the service names the person; often masked.
    pub payer: String,
    /// What the payer wrote, and what was bought.
    pub note: String,
    /// With a refund: the number of the payment that it gives back, where the bill says so.
    pub original: Option<String>,
}

/// A row that is no income.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// Line of the file, from 1.
    pub line: usize,
    /// Why it does not count, in Chinese and in English.
    pub why: (&'static str, &'static str),
}

/// A bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// Whose.
    pub layout: Layout,
    /// Income and refunds, in the order of the file.
    pub movements: Vec<Movement>,
    /// Rows that do not count.
    pub others: Vec<Other>,
    /// Rows that could not be read; a person looks.
    pub unread: Vec<usize>,
}

impl Bill {
    /// The sum of what came in, and of what went back, in fen.
    pub fn sums(&self) -> (i64, i64) {
        let sum =
            |sign: i64| self.movements.iter().map(|one| one.fen).filter(|fen| fen.signum() == sign).sum();
        (sum(1), sum(-1))
    }
}

/// Why a file is no bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BillFault {
    /// Too large.
    #[error("the file is larger than {} MB", LARGEST >> 20)]
    TooLarge,
    /// A ZIP or Excel file.
    #[error("this is a packed or Excel file: unpack it with the password of the service, or save it as CSV")]
    Packed,
    /// No line of headings that is known.
    #[error("no line names a time, an amount and a number as bills of WeChat Pay, Alipay or banks do")]
    NoHeadings,
}

impl BillFault {
    /// The message in Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::TooLarge => format!("文件超过 {} MB", LARGEST >> 20),
            Self::Packed => "这是压缩包或 Excel 文件：请用服务商给的密码解压，或另存为 CSV".into(),
            Self::NoHeadings => {
                "没有找到微信支付、支付宝或银行账单的表头（应有时间、金额、单号）；请直接上传下载的账单文件"
                    .into()
            }
        }
    }
}

/// Columns by their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    At,
    Number,
    Amount,
    Income,
    Outgo,
    Direction,
    Kind,
    State,
    Payer,
    Note,
    RefundNumber,
    RefundAmount,
    Refunded,
}

/// Headings in the order in which they are preferred for a meaning.
const HEADINGS: [(Column, &[&str]); 13] = [
    (
        Column::At,
        &[
            "交易时间",
            "记账时间",
            "付款时间",
            "完成时间",
            "发生时间",
            "入账时间",
            "交易日期",
            "创建时间",
            "交易创建时间",
        ],
    ),
    (
        Column::Number,
        &[
            "交易单号",
            "微信订单号",
            "微信支付业务单号",
            "交易订单号",
            "支付宝交易号",
            "业务流水号",
            "交易号",
            "账务流水号",
            "流水号",
            "交易流水号",
        ],
    ),
    (
        Column::Amount,
        &["订单金额", "金额(元)", "金额", "收支金额(元)", "订单金额(元)", "应结订单金额", "交易金额"],
    ),
    (Column::Income, &["收入金额(+元)", "收入金额", "贷方发生额", "收入", "贷方金额"]),
    (Column::Outgo, &["支出金额(-元)", "支出金额", "借方发生额", "支出", "借方金额"]),
    (Column::Direction, &["收/支", "收支类型", "资金状态", "借贷标志"]),
    (Column::Kind, &["业务类型", "交易类型", "类型", "交易分类", "业务名称"]),
    (Column::State, &["当前状态", "交易状态"]),
    (Column::Payer, &["交易对方", "对方账户", "对方账号", "用户标识", "对方户名", "对方名称"]),
    (Column::Note, &["商品", "商品名称", "商品说明", "备注", "商户数据包", "摘要", "附言", "用途"]),
    (Column::RefundNumber, &["微信退款单号", "退款批次号/请求号"]),
    (Column::RefundAmount, &["申请退款金额", "退款金额"]),
    (Column::Refunded, &["成功退款(元)"]),
];

/// A heading or a value without what exports put around it.
fn clean(text: &str) -> String {
    let text = text.trim().trim_matches(['`', '\t', '\u{feff}', '"', ' ']);
    text.replace('（', "(").replace('）', ")").trim().to_owned()
}

struct Columns {
    headings: Vec<String>,
}

impl Columns {
    fn of(record: &csv::StringRecord) -> Self {
        Self { headings: record.iter().map(|heading| clean(heading.trim_start_matches('#'))).collect() }
    }

    fn has(&self, heading: &str) -> bool {
        self.headings.iter().any(|known| known == heading)
    }

    /// The first heading that a meaning prefers and that has a value in this row.
    fn value(&self, column: Column, row: &csv::StringRecord) -> String {
        let names = HEADINGS.iter().find(|(known, _)| *known == column).map_or(&[][..], |(_, names)| names);
        let cells = names.iter().filter_map(|name| self.headings.iter().position(|known| known == name));
        let values = cells.filter_map(|at| row.get(at)).map(clean);
        values.into_iter().find(|value| !value.is_empty() && value != "/").unwrap_or_default()
    }

    /// Everything that can say whose the payment is.
    fn note(&self, row: &csv::StringRecord) -> String {
        let names =
            HEADINGS.iter().find(|(known, _)| *known == Column::Note).map_or(&[][..], |(_, names)| names);
        let at = |name: &&str| self.headings.iter().position(|known| known == name);
        let values = names.iter().filter_map(at).filter_map(|at| row.get(at)).map(clean);
        values.filter(|value| !value.is_empty() && value != "/").collect::<Vec<_>>().join(" ")
    }

    fn layout(&self) -> Option<Layout> {
        let all = |names: &[&str]| names.iter().all(|name| self.has(name));
        Some(match () {
            () if all(&["交易时间", "微信订单号", "订单金额"])
                || all(&["交易时间", "微信订单号", "应结订单金额"]) =>
            {
                Layout::WechatTrades
            }
            () if all(&["记账时间", "微信支付业务单号", "收支金额(元)"]) => {
                Layout::WechatFunds
            }
            () if all(&["交易时间", "交易单号", "收/支"]) => Layout::WechatPersonal,
            () if all(&["支付宝交易号", "业务类型"]) => Layout::AlipayTrades,
            () if all(&["账务流水号", "发生时间"]) => Layout::AlipayFunds,
            () if all(&["交易号", "收/支"]) || all(&["交易订单号", "收/支"]) => {
                Layout::AlipayPersonal
            }
            () if ["贷方发生额", "收入金额", "收入", "贷方金额", "交易金额"]
                .iter()
                .any(|name| self.has(name))
                && ["交易时间", "交易日期", "入账时间"].iter().any(|name| self.has(name)) =>
            {
                Layout::Bank
            }
            () => return None,
        })
    }
}

/// Reads a bill.
///
/// # Errors
/// [`BillFault`] for a file that is none.
pub fn read(bytes: &[u8]) -> Result<Bill, BillFault> {
    if bytes.len() > LARGEST {
        return Err(BillFault::TooLarge);
    }
    if bytes.starts_with(b"PK") || bytes.starts_with(&[0xD0, 0xCF]) {
        return Err(BillFault::Packed);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode(bytes).0.into_owned(),
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut found: Option<(Layout, Columns)> = None;
    let (mut movements, mut others, mut unread) = (Vec::new(), Vec::new(), Vec::new());
    for (index, record) in reader.records().enumerate() {
        let Ok(record) = record else { continue };
        let line = record.position().map_or(index + 1, |position| position.line() as usize);
        let Some((layout, columns)) = &found else {
            let columns = Columns::of(&record);
            found = columns.layout().map(|layout| (layout, columns));
            if found.is_none() && index > PREAMBLE {
                return Err(BillFault::NoHeadings);
            }
            continue;
        };
        if is_footer(&record, *layout, columns.headings.len()) {
            continue;
        }
        match row(*layout, columns, &record, line) {
            Row::Counts(movement) => movements.push(movement),
            Row::Both(income, refund) => movements.extend([income, refund]),
            Row::Other(zh, en) => others.push(Other { line, why: (zh, en) }),
            Row::Unread => unread.push(line),
        }
    }
    let (layout, _) = found.ok_or(BillFault::NoHeadings)?;
    if layout == Layout::Bank {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for movement in &mut movements {
            let times = seen.entry(movement.number.clone()).or_default();
            *times += 1;
            if *times > 1 {
                movement.number = format!("{}-{times}", movement.number);
            }
        }
    }
    Ok(Bill { layout, movements, others, unread })
}

/// Totals, rulers and empty lines: nothing of them is a row.
fn is_footer(record: &csv::StringRecord, layout: Layout, columns: usize) -> bool {
    let first = clean(record.get(0).unwrap_or_default());
    let empty = record.iter().all(|cell| clean(cell).is_empty());
    let starts = |parts: &[&str]| parts.iter().any(|part| first.starts_with(part));
    // The line of totals of WeChat's bills follows its own headings and holds numbers only.
    let has_totals = matches!(layout, Layout::WechatTrades | Layout::WechatFunds);
    let is_total = has_totals
        && record.len() < columns
        && !first.is_empty()
        && first.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    empty
        || starts(&["#", "---", "===", "总", "共", "合计", "导出时间", "资金流水总", "说明", "注"])
        || is_total
}

enum Row {
    Counts(Movement),
    /// Income, and that some of it went back.
    Both(Movement, Movement),
    Other(&'static str, &'static str),
    Unread,
}

fn row(layout: Layout, columns: &Columns, record: &csv::StringRecord, line: usize) -> Row {
    let value = |column| columns.value(column, record);
    let (direction, kind, state) = (value(Column::Direction), value(Column::Kind), value(Column::State));
    let Some(at) = time(&value(Column::At)) else { return Row::Unread };
    let number = value(Column::Number);
    let refund_number = value(Column::RefundNumber);
    // WeChat writes a 0 where there is no refund.
    let is_refund = (refund_number.len() > 1 && layout == Layout::WechatTrades)
        || kind.contains("退款")
        || state == "REFUND";
    let (income, outgo) = (fen(&value(Column::Income)), fen(&value(Column::Outgo)));
    let amount = fen(&value(Column::Amount));
    let movement = |fen: i64, number: String, original: Option<String>| Movement {
        line,
        number,
        at,
        fen,
        payer: value(Column::Payer),
        note: columns.note(record),
        original,
    };
    if number.is_empty() && layout != Layout::Bank {
        return Row::Unread;
    }
    // A bank's row without a number is known by what it says; rows that say the same are counted in `read`.
    let number = if number.is_empty() {
        format!("{at}-{}-{}", income.or(amount).unwrap_or_default(), value(Column::Payer))
    } else {
        number
    };
    let is_closed =
        ["关闭", "失败", "CLOSED", "REVOKED", "PAYERROR", "等待付款"].iter().any(|word| state.contains(word));
    if is_closed {
        return Row::Other("交易未成功", "the trade did not succeed");
    }
    if is_refund {
        let back = fen(&value(Column::RefundAmount)).filter(|fen| *fen != 0).or(outgo).or(amount);
        let Some(back) = back.map(i64::abs) else { return Row::Unread };
        // WeChat's two exports name a refund by its own number, Alipay's by that of the payment.
        let (own, original) = match layout {
            Layout::WechatTrades => (refund_number, Some(number)),
            Layout::WechatFunds => (number, None),
            _ => (format!("{number}-R{back}-{}", at.date()), Some(number)),
        };
        return Row::Counts(movement(-back, own, original));
    }
    match (income, outgo, amount) {
        (Some(income), _, _) if income > 0 => Row::Counts(movement(income, number, None)),
        (_, Some(outgo), _) if outgo != 0 => Row::Other("支出", "money that went out"),
        (_, _, Some(amount)) => {
            if let Some((zh, en)) = no_income(columns, &direction, amount) {
                return Row::Other(zh, en);
            }
            let back = fen(&value(Column::Refunded)).or_else(|| refunded(&state, amount));
            let income = movement(amount, number.clone(), None);
            match back {
                Some(back) if back > 0 => {
                    Row::Both(income, movement(-back, format!("{number}-R"), Some(number)))
                }
                _ => Row::Counts(income),
            }
        }
        _ => Row::Unread,
    }
}

/// Why an amount is no income; `None` where it is.
fn no_income(columns: &Columns, direction: &str, amount: i64) -> Option<(&'static str, &'static str)> {
    // Where a bill says which way money went, only what came in counts: not 支出, 不计收支 or a stroke.
    let says = columns.has("收/支") || columns.has("收支类型");
    let is_in = if says { direction.contains("收入") } else { !direction.contains('借') && amount >= 0 };
    match (is_in, amount) {
        (false, _) => Some(("支出或不计收支", "money that went out, or is counted as neither")),
        (true, 0) => Some(("金额为零", "nothing was paid")),
        (true, _) => None,
    }
}

/// What WeChat's personal bill says went back: `已退款(￥15.00)`, `已全额退款`.
fn refunded(state: &str, amount: i64) -> Option<i64> {
    if state.contains("已全额退款") {
        return Some(amount);
    }
    let (_, rest) = state.split_once("已退款")?;
    fen(rest.trim_matches(['(', ')', '（', '）']))
}

/// A time as bills write it.
fn time(text: &str) -> Option<DateTime> {
    let text = text.replace('/', "-");
    let text = text.trim();
    if let Ok(at) = text.replacen(' ', "T", 1).parse() {
        return Some(at);
    }
    let formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S"];
    if let Some(at) = formats.iter().find_map(|format| DateTime::strptime(format, text).ok()) {
        return Some(at);
    }
    let day =
        ["%Y-%m-%d", "%Y%m%d"].iter().find_map(|format| jiff::civil::Date::strptime(format, text).ok())?;
    Some(day.at(0, 0, 0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movements(bill: &Bill) -> Vec<(&str, i64)> {
        bill.movements.iter().map(|one| (one.number.as_str(), one.fen)).collect()
    }

    fn bill(layout: Layout, text: &str) -> Bill {
        let utf8 = read(text.as_bytes()).unwrap();
        let gbk = read(&GB18030.encode(text).0).unwrap();
        assert_eq!(utf8, gbk, "in either encoding");
        assert_eq!(utf8.layout, layout);
        assert_eq!(utf8.unread, [0; 0]);
        utf8
    }

    #[test]
    fn a_persons_bill_of_wechat_has_a_preamble_and_says_in_a_word_what_went_back() {
        let text = "\u{feff}微信支付账单明细,,,,,,,,\n微信昵称：[某某],,,,,,,,\n起始时间：[2024-04-01 00:00:00] 终止时间：[2024-04-13 23:59:59],,,,,,,,\n,,,,,,,,\n共5笔记录,,,,,,,,\n----------------------微信支付账单明细列表--------------------,,,,,,,,\n\
            交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n\
            2024-04-10 12:01:02,二维码收款,*雨,\"收款方备注:图像采集 付款方留言:20210001 林晓雨\",收入,¥15.00,/,已存入零钱,\"1000050001\t\",\"10001\t\",\"/\"\n\
            2024-04-10 12:02:02,二维码收款,陈默,\"/\",收入,¥15.00,/,已退款(￥15.00),\"1000050002\t\",\"/\",\"/\"\n\
            2024-04-10 12:02:32,二维码收款,王*,\"/\",收入,¥15.00,/,已全额退款,\"1000050005\t\",\"/\",\"/\"\n\
            2024-04-10 12:03:02,商户消费,某某超市,\"/\",支出,¥8.00,零钱,支付成功,\"1000050003\t\",\"/\",\"/\"\n\
            2024-04-10 12:04:02,零钱提现,招商银行,\"/\",/,¥100.00,招商银行,提现已到账,\"1000050004\t\",\"/\",\"服务费¥0.10\"\n";
        let bill = bill(Layout::WechatPersonal, text);
        assert_eq!(
            movements(&bill),
            [
                ("1000050001", 1500),
                ("1000050002", 1500),
                ("1000050002-R", -1500),
                ("1000050005", 1500),
                ("1000050005-R", -1500)
            ]
        );
        assert!(bill.movements[0].note.contains("20210001"));
        assert_eq!(bill.others.len(), 2, "a purchase, and money taken out");
        assert_eq!(bill.sums(), (4500, -3000));
    }

    #[test]
    fn a_merchants_trades_of_wechat_have_back_quotes_refunds_and_a_line_of_totals() {
        let headings = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
        let text = format!(
            "{headings}\n\
            `2024-04-10 12:01:02,`wx1,`1900000001,`0,`,`420000001,`XD-20210001,`oUser1,`NATIVE,`SUCCESS,`OTHERS,`CNY,`15.00,`0.00,`0,`0,`0.00,`0.00,`,`,`毕业图像采集 20210001,`,`0.09,`0.60%,`15.00,`0.00,`\n\
            `2024-04-11 09:00:00,`wx1,`1900000001,`0,`,`420000001,`XD-20210001,`oUser1,`NATIVE,`REFUND,`OTHERS,`CNY,`0.00,`0.00,`50300001,`R1,`15.00,`0.00,`ORIGINAL,`SUCCESS,`毕业图像采集 20210001,`,`-0.09,`0.60%,`0.00,`15.00,`\n\
            总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\n\
            `2,`15.00,`15.00,`0.00,`0.00,`15.00,`15.00\n"
        );
        let bill = bill(Layout::WechatTrades, &text);
        assert_eq!(movements(&bill), [("420000001", 1500), ("50300001", -1500)]);
        assert_eq!(bill.sums(), (1500, -1500));
    }

    #[test]
    fn a_merchants_funds_of_wechat_count_income_and_refunds_by_their_direction() {
        let text = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号\n\
            `2024-04-10 12:01:02,`420000001,`F1,`交易,`交易,`收入,`15.00,`15.00,`system,`20210001,`XD-1\n\
            `2024-04-10 12:01:02,`420000001,`F2,`扣除交易手续费,`扣除交易手续费,`支出,`0.09,`14.91,`system,`结算,`XD-1\n\
            `2024-04-11 12:01:02,`50300001,`F3,`退款,`退款,`支出,`15.00,`-0.09,`api,`20210001,`R1\n\
            资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额\n`3,`1,`15.00,`2,`15.09\n";
        let bill = bill(Layout::WechatFunds, text);
        assert_eq!(movements(&bill), [("420000001", 1500), ("50300001", -1500)]);
        assert_eq!(bill.others.len(), 1, "the service's own fee");
    }

    #[test]
    fn a_persons_bill_of_alipay_is_read_in_both_of_its_forms() {
        let old = "支付宝交易记录明细查询\n账号:[a@b.cn]\n起始日期:[2024-04-01 00:00:00]    终止日期:[2024-04-13 00:00:00]\n---------------------------------交易记录明细列表------------------------------------\n\
            交易号                  ,商家订单号               ,交易创建时间              ,付款时间                ,最近修改时间              ,交易来源地     ,类型              ,交易对方            ,商品名称                ,金额（元）   ,收/支     ,交易状态    ,服务费（元）   ,成功退款（元）  ,备注                  ,资金状态     ,\n\
            20240410001 \t,\t ,2024-04-10 12:00:00 ,2024-04-10 12:00:05 ,2024-04-10 12:00:05 ,其他 ,即时到账交易 ,林晓雨 ,收款 ,15.00 ,收入 ,交易成功 ,0.00 ,0.00 ,20210001 ,已收入 ,\n\
            20240410002 \t,\t ,2024-04-10 12:00:00 , ,2024-04-10 12:00:05 ,其他 ,即时到账交易 ,陈默 ,收款 ,15.00 ,收入 ,交易关闭 ,0.00 ,0.00 , , ,\n\
            ------------------------------------------------------------------------------------\n共2笔记录\n";
        let first = bill(Layout::AlipayPersonal, old);
        assert_eq!(movements(&first), [("20240410001", 1500)]);
        assert_eq!(first.others[0].why.0, "交易未成功");
        let new = "------------------------------------------------------------------------------------\n导出信息：\n姓名：某某\n支付宝账户：138******00\n起始时间：[2024-04-01 00:00:00]    终止时间：[2024-04-13 23:59:59]\n\n------------------------支付宝（中国）网络技术有限公司  电子客户回单------------------------\n\
            交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,\n\
            2024-04-10 12:00:05,转账红包,林晓雨,138***1,收款-20210001,收入,15.00,余额,交易成功,20240410001\t,\t,,\n\
            2024-04-11 12:00:05,退款,林晓雨,138***1,退款-20210001,不计收支,15.00,余额,退款成功,20240410001_9\t,\t,,\n";
        let second = bill(Layout::AlipayPersonal, new);
        assert_eq!(movements(&second), [("20240410001", 1500), ("20240410001_9-R1500-2024-04-11", -1500)]);
    }

    #[test]
    fn a_merchants_lists_of_alipay_are_read_trades_and_funds() {
        let trades = "#支付宝业务明细查询\n#账号：[20880001]\n#起始日期：[2024年04月01日 00:00:00]\n#-----------------------------------------业务明细列表----------------------------------------\n\
            支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注\n\
            2024041022001,XD-1,交易,图像采集,2024-04-10 12:00:00,2024-04-10 12:00:05,,,,,*晓雨(138***1),15.00,15.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,,-0.09,0.00,20210001\n\
            2024041022001,XD-1,退款,图像采集,2024-04-11 12:00:00,2024-04-11 12:00:05,,,,,*晓雨(138***1),-15.00,-15.00,0.00,0.00,0.00,0.00,0.00,,0.00,0.00,R-77,0.09,0.00,20210001\n\
            #-----------------------------------------业务明细列表结束------------------------------------\n#交易合计：1笔，商家实收共15.00元，商家优惠共0.00元\n#导出时间：[2024年04月13日 10:00:00]\n";
        assert_eq!(
            movements(&bill(Layout::AlipayTrades, trades)),
            [("2024041022001", 1500), ("2024041022001-R1500-2024-04-11", -1500)]
        );
        let funds = "#支付宝账务明细查询\n#账号：[20880001]\n\
            账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注\n\
            A1\t,2024041022001\t,XD-1,图像采集,2024-04-10 12:00:05,*晓雨(138***1),15.00,0.00,15.00,支付宝,在线支付,20210001\n\
            A2\t,2024041022001\t,XD-1,图像采集,2024-04-10 12:00:05,,0.00,-0.09,14.91,支付宝,收费,服务费\n\
            #导出时间：[2024年04月13日 10:00:00]\n";
        let funds = bill(Layout::AlipayFunds, funds);
        assert_eq!(movements(&funds), [("2024041022001", 1500)]);
        assert_eq!(funds.others.len(), 1);
    }

    #[test]
    fn a_banks_list_is_read_and_what_is_no_bill_is_refused_with_what_to_do() {
        let bank = "交易日期,交易流水号,借方发生额,贷方发生额,余额,对方户名,摘要\n20240410,B1,,15.00,15.00,林晓雨,20210001 图像采集\n20240411,B2,3.00,,12.00,某某,手续费\n";
        assert_eq!(movements(&bill(Layout::Bank, bank)), [("B1", 1500)]);
        assert_eq!(read(b"PK\x03\x04"), Err(BillFault::Packed));
        assert_eq!(read("学号,姓名\n1,林\n".as_bytes()), Err(BillFault::NoHeadings));
        let unnumbered = "交易日期,借方发生额,贷方发生额,余额,对方户名,摘要\n20240410,,15.00,15.00,林晓雨,a\n20240410,,15.00,30.00,林晓雨,b\n20240410,,15.00,45.00,陈默\n";
        let numbers = movements(&read(unnumbered.as_bytes()).unwrap()).len();
        assert_eq!(numbers, 3, "two that say the same are two, and a short row is no total");
        let torn = bank.replace("20240410,", "gestern,");
        assert_eq!(read(torn.as_bytes()).unwrap().unread, [2], "a line that a person must look at");
    }
}
