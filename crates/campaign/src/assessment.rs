//! The assessment of what a collection means for those whose data it takes (个人信息保护影响评估). The law wants one before
//! sensitive data is handled and before data is handed on (《个人信息保护法》 art. 55), with three things in it (art. 56):
//! whether purpose and manner are lawful and needed, what it does to people and how great the risk is, and whether
//! the protection fits that risk; it is kept for three years. What the settings tell is filled in; what only people
//! know stands as a question with a line for the answer.

use crate::notice::Section;
use crate::settings::Settings;

/// The line that somebody fills in by hand.
const TO_FILL: &str = "处理意见：________________________________";

/// Somebody else to whom data goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// Reminders by mail.
    Mail,
    /// Reminders by short message.
    Messages,
    /// Payments online.
    Payments,
    /// A service that compares faces.
    Comparison,
}

impl Receiver {
    /// Who it is, and what goes there.
    fn zh(self) -> &'static str {
        match self {
            Self::Mail => "邮件服务（邮箱、提醒内容）",
            Self::Messages => "短信服务（手机号、提醒内容）",
            Self::Payments => "微信支付（订单号、金额）",
            Self::Comparison => "人像比对服务（成品照片、证件种类和号码，仅限已单独同意的学生）",
        }
    }
}

/// The sections of the assessment.
pub fn sections(settings: &Settings, outside: &[Receiver]) -> Vec<Section> {
    let all = [
        ("subject", "评估对象", subject(settings)),
        ("data", "处理的个人信息", data(settings, outside)),
        ("lawful", "处理目的、处理方式等是否合法、正当、必要", lawful(settings)),
        ("risk", "对个人权益的影响及安全风险", risks(settings, outside)),
        ("protection", "所采取的保护措施是否合法、有效并与风险程度相适应", protection(settings)),
        ("result", "评估结论", result()),
    ];
    all.into_iter().map(|(id, title, lines)| Section { id, title, lines }).collect()
}

/// Whether faces are compared, which makes sensitive data of another kind.
fn compares_faces(settings: &Settings) -> bool {
    settings.photo.compare_faces || settings.photo.reference.is_some()
}

fn subject(settings: &Settings) -> Vec<String> {
    let campaign = &settings.campaign;
    let agency = campaign.agency.as_deref().unwrap_or("________________");
    vec![
        format!("项目：{}；个人信息处理者：{}。", campaign.title, campaign.school),
        format!(
            "受托人（采集单位）：{agency}。委托事项、期限、保护措施以委托合同为准，合同编号：________________。"
        ),
        format!("涉及人员：{}届{}预计毕业生。", campaign.class_of, campaign.levels.join("、")),
    ]
}

fn data(settings: &Settings, outside: &[Receiver]) -> Vec<String> {
    let mut lines = vec![
        "一般个人信息：学号、姓名、学院、专业、班级、层次、入学和毕业年份、拍摄时间和机位。".to_owned(),
        "敏感个人信息：身份证件号码、面部照片。".to_owned(),
    ];
    if settings.fee.is_some() {
        lines.push("缴费信息：金额、交易单号、付款备注；不处理银行卡号。".into());
    }
    lines.push(if compares_faces(settings) {
        "生物识别信息：面部特征向量。仅在学生单独同意后计算，参照照片本身不保存；拍摄期间随数据包加密下发到各机位。".into()
    } else {
        "不计算、不保存面部特征向量（设置中未启用人脸比对）。".into()
    });
    if outside.iter().any(|receiver| matches!(receiver, Receiver::Mail | Receiver::Messages)) {
        lines.push("联系方式：学生自愿填写的邮箱、手机号，仅用于提醒，可随时清空。".into());
    }
    let receivers: Vec<&str> = outside.iter().map(|receiver| receiver.zh()).collect();
    if !receivers.is_empty() {
        lines.push(format!("向他人提供：{}。接收方名称和联系方式：________________。", receivers.join("；")));
    }
    lines
}

fn lawful(settings: &Settings) -> Vec<String> {
    let mut lines = vec![
        "目的：学历证书电子注册和证书制作（《普通高等学校学生管理规定》《高等学校学生学籍学历电子注册办法》）。".to_owned(),
        "必要性：名单取自学籍数据；采集端只见掩码姓名和证件号码后四位。".to_owned(),
        format!("告知：个人信息告知书第 {} 版，学生可在本人页面查阅。", settings.retention.notice_version),
    ];
    if compares_faces(settings) {
        lines.push("人脸比对单独征得同意，可随时撤回；不同意不影响拍摄、校对和证书办理。".into());
    }
    lines.push(TO_FILL.into());
    lines
}

fn risks(settings: &Settings, outside: &[Receiver]) -> Vec<String> {
    let mut lines = vec![
        "错配：照片归入他人名下，影响学历注册。可能性：____；影响：高。".to_owned(),
        "泄露：采集设备丢失、账号被盗用、导出文件外传。可能性：____；影响：高。".to_owned(),
        "滥用：照片用于采集目的以外。可能性：____；影响：中。".to_owned(),
        "丢失：照片未送达，学生须重新拍摄。可能性：____；影响：中。".to_owned(),
    ];
    if compares_faces(settings) {
        lines.push("误判：比对结果把本人判为他人。系统不依据分值拒绝任何照片，一律由人核对。可能性：____；影响：中。".into());
    }
    if outside.contains(&Receiver::Comparison) {
        lines.push("外传：照片和证件号码提供给校外比对服务，须在告知书中写明接收方、目的、方式并取得单独同意（第二十三条、第二十九条）。可能性：____；影响：高。".into());
    }
    if !settings.intake.secure_only {
        lines.push("邮件：本次采集允许通过邮件报送，证件号码和照片可能在邮箱中长期留存。建议改为安全上传（intake.secure-only）。".into());
    }
    lines.push(TO_FILL.into());
    lines
}

fn protection(settings: &Settings) -> Vec<String> {
    let retention = &settings.retention;
    vec![
        "采集码签名加密，照片与学生逐张签名绑定；一次只有一个拍摄号有效，错序、漏扫、重复使用均被拦截。"
            .into(),
        "采集端磁盘加密，传输全程加密签名，收到接收端签名回执后才删除；日志逐条串联，改动可查。".into(),
        "默认掩码显示，查看全部信息须写明理由并留痕；导出文件记录经手账号；连续五次输错密码锁定账号。".into(),
        format!(
            "保存期限：活动结束后 {} 天删除照片、名单和密钥，并出具签名的删除证明{}。",
            retention.keep_days,
            if retention.legal_hold { "（目前因争议或监管要求暂停删除）" } else { "" }
        ),
        "学生可查阅、复制、更正本人信息，异议由教务处限期答复。".into(),
        TO_FILL.into(),
    ]
}

fn result() -> Vec<String> {
    vec![
        "□ 风险可控，可以开展　□ 整改后开展　□ 不得开展".into(),
        "评估人：____________　个人信息保护负责人：____________　日期：____________".into(),
        "本报告和处理情况记录至少保存三年（《个人信息保护法》第五十六条）。".into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Reference, template};

    #[test]
    fn it_says_what_the_settings_say_and_leaves_the_judgement_to_people() {
        let text = |settings: &Settings| {
            let lines = sections(settings, &[]).into_iter().flat_map(|section| section.lines);
            lines.collect::<Vec<_>>().join("\n")
        };
        let mut settings = template("stations-2025").unwrap().unwrap();
        let without = text(&settings);
        assert!(without.contains("不计算、不保存面部特征向量") && without.contains("365 天"));
        assert!(without.contains("处理意见：____") && !without.contains("单独征得同意"));
        settings.photo.reference = Some(Reference { same_below: 0.4, different_above: 0.6 });
        settings.retention.legal_hold = true;
        let with = text(&settings);
        assert!(with.contains("单独征得同意") && with.contains("误判") && with.contains("暂停删除"));
        let all = [Receiver::Mail, Receiver::Messages, Receiver::Payments, Receiver::Comparison];
        let said = format!("{:?}", sections(&settings, &all));
        assert!(said.contains("微信支付") && said.contains("外传") && !with.contains("向他人提供"));
        assert!(text(&template("sports-2023").unwrap().unwrap()).contains("intake.secure-only"));
    }
}
