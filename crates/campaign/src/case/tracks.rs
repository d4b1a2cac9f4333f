//! The ten tracks: their states, their events, and one table of steps each.

use serde::{Deserialize, Serialize};

use crate::step::track;

/// What happens to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "track", content = "event")]
pub enum Event {
    /// Taking part.
    Eligibility(EligibilityEvent),
    /// Registered data.
    RecordCheck(RecordCheckEvent),
    /// Consent.
    Consent(ConsentEvent),
    /// Code.
    Code(CodeEvent),
    /// Fee.
    Payment(PaymentEvent),
    /// The day.
    Attendance(AttendanceEvent),
    /// Photo.
    Photo(PhotoEvent),
    /// Registration.
    Registry(RegistryEvent),
    /// Proofreading.
    Proof(ProofEvent),
    /// Prints.
    Prints(PrintsEvent),
}

track! {
    /// Whether the student takes part (参加资格). Nobody is ever dropped: who is excluded has a reason.
    Eligibility {
        /// 预计参加
        Expected "参加",
        /// Away, suspended, an intern …; with the reason in the log.
        Excluded "不参加",
        /// Left the school.
        Withdrawn "离校",
    }
    EligibilityEvent {
        /// By the campaign's rules or a decision.
        Exclude: [Expected] => Excluded by [Registry, College, System];
        /// 退学, 转学
        Withdraw: [Expected | Excluded] => Withdrawn by [Registry];
        /// The exclusion was wrong or has ended.
        Restore: [Excluded | Withdrawn] => Expected by [Registry];
    }
}

track! {
    /// Whether the student found the registered data right (信息核对).
    RecordCheck {
        /// Not looked at.
        Unchecked "未核对",
        /// Right.
        Confirmed "已核对",
        /// The student says what is wrong.
        ErrorReported "有误待更正",
        /// The registry corrected it; the student looks again.
        Corrected "已更正",
    }
    RecordCheckEvent {
        /// All is right.
        Confirm: [Unchecked | Corrected] => Confirmed by [Student, College, Registry];
        /// Something is wrong.
        Report: [Unchecked | Confirmed | Corrected] => ErrorReported by [Student, College];
        /// It was put right.
        Correct: [ErrorReported] => Corrected by [Registry];
        /// It was right already.
        Reject: [ErrorReported] => Unchecked by [Registry];
    }
}

track! {
    /// Whether the student knows what is done with the picture (个人信息告知与同意).
    Consent {
        /// The notice was not shown.
        NotShown "未告知",
        /// Read; the law asks no more for the collection itself.
        Acknowledged "已告知",
        /// Agreed to comparison of faces as well.
        Agreed "同意比对",
        /// Did not agree to it; everything else works.
        Declined "不同意比对",
    }
    ConsentEvent {
        /// The notice was read.
        Acknowledge: [NotShown] => Acknowledged by [Student];
        /// Yes to comparison.
        Agree: [Acknowledged | Declined] => Agreed by [Student];
        /// No, or no longer.
        Decline: [Acknowledged | Agreed] => Declined by [Student];
    }
}

track! {
    /// The collection code (图像采集码).
    Code {
        /// None yet.
        None "无采集码",
        /// The student has one.
        Registered "已领取",
        /// The student's own picture of it was read.
        Readable "可识读",
        /// Scanned at the station and linked to the student.
        Bound "已绑定",
        /// Unreadable, revoked, of another enrolment …; the reason is in the log.
        Problem "采集码有问题",
    }
    CodeEvent {
        /// Issued, or fetched from the national centre.
        Register: [None | Problem] => Registered by [Registry, Student, System];
        /// The saved picture was read.
        Read: [Registered | Problem] => Readable by [Student, College, System];
        /// Scanned and linked.
        Bind: [Registered | Readable] => Bound by [Operator, Registry];
        /// Something is wrong with it.
        Refuse: [Registered | Readable] => Problem by [Operator, System];
        /// Revoked, so that a new one is needed.
        Revoke: [Registered | Readable | Bound | Problem] => None by [Registry];
    }
}

track! {
    /// The fee (费用).
    Payment {
        /// Not due.
        NotDue "未到缴费时间",
        /// Due.
        Due "待缴费",
        /// The monitor or the student says that it was paid.
        Claimed "待确认",
        /// The money is there.
        Confirmed "已缴费",
        /// Paid twice.
        Duplicate "重复缴费",
        /// Money goes back.
        RefundDue "待退费",
        /// It went back.
        Refunded "已退费",
        /// Nothing to pay.
        Waived "免缴",
    }
    PaymentEvent {
        /// The time of paying begins.
        FallDue: [NotDue] => Due by [Registry, System];
        /// Said to be paid.
        Claim: [Due] => Claimed by [Student, Monitor];
        /// Seen to be paid.
        Confirm: [Due | Claimed] => Confirmed by [Registry, AgencyLead, System];
        /// Not found among what came in.
        Deny: [Claimed] => Due by [Registry, AgencyLead];
        /// Came in again.
        PayAgain: [Confirmed] => Duplicate by [Registry, AgencyLead, System];
        /// The money was somebody else's after all.
        Withdraw: [Confirmed | Duplicate] => Due by [System];
        /// The second payment goes back.
        ReturnSecond: [Duplicate] => Confirmed by [Registry, AgencyLead];
        /// Everything goes back.
        OweRefund: [Confirmed | Duplicate] => RefundDue by [Registry];
        /// It went back.
        Refund: [RefundDue] => Refunded by [Registry, AgencyLead];
        /// Nothing to pay.
        Waive: [NotDue | Due | Claimed] => Waived by [Registry];
    }
}

track! {
    /// The day (到场).
    Attendance {
        /// Has a place in the timetable, or will get one.
        Planned "待拍摄",
        /// At the gathering place.
        Arrived "已到场",
        /// In the line before the station.
        Queued "排队中",
        /// Scanned; has the active shot number.
        CheckedIn "已登记",
        /// Signed the register.
        Signed "已签名",
        /// Photographed and left.
        Done "已离场",
        /// Did not come.
        NoShow "未到",
        /// Refused (取消拍摄资格, notice 003).
        Refused "拒绝拍摄",
        /// Left the line; the number is void.
        LeftQueue "中途离开",
    }
    AttendanceEvent {
        /// Came.
        Arrive: [Planned | NoShow | LeftQueue] => Arrived by [Registry, College, Monitor, Helper, Operator];
        /// The roll call was wrong about it.
        Correct: [Arrived | Queued | NoShow] => Planned by [Registry, College, Monitor, Helper, Operator];
        /// Is in the line.
        Queue: [Planned | Arrived] => Queued by [Helper, Operator];
        /// Scanned.
        CheckIn: [Planned | Arrived | Queued] => CheckedIn by [Operator];
        /// Signed.
        Sign: [CheckedIn] => Signed by [Student, Operator];
        /// All done.
        Finish: [CheckedIn | Signed] => Done by [Operator, System];
        /// Did not come, says the roll call or the end of the day.
        Miss: [Planned] => NoShow by [Registry, College, Monitor, Helper, Operator, System];
        /// Would not be photographed.
        Refuse: [Planned | Arrived | Queued | CheckedIn] => Refused by [Registry, College, Operator];
        /// Went away.
        Leave: [Arrived | Queued | CheckedIn] => LeftQueue by [Registry, College, Monitor, Operator, Helper];
        /// A new place, for a retake or the make-up day.
        Replan: [NoShow | Refused | LeftQueue | Done] => Planned by [Registry, College, System];
    }
}

track! {
    /// The photo (照片).
    Photo {
        /// None.
        None "未拍摄",
        /// Taken, not judged yet.
        Captured "已拍摄",
        /// Judged: passes.
        Pass "检测通过",
        /// Judged: a person looks.
        Warn "待人工审核",
        /// Judged: fails.
        Fail "检测不通过",
        /// To be taken again.
        RetakeDue "需重拍",
        /// A person or the rule accepted it.
        Accepted "已采用",
        /// A newer photo took its place.
        Superseded "已被替换",
    }
    PhotoEvent {
        /// The shutter.
        Capture: [None | Captured | Warn | Fail | RetakeDue | Superseded] => Captured by [Operator, Centre];
        /// Inspection says pass.
        JudgePass: [Captured] => Pass by [System];
        /// Inspection wants a person.
        JudgeWarn: [Captured] => Warn by [System];
        /// Inspection says fail.
        JudgeFail: [Captured] => Fail by [System];
        /// Taken.
        Accept: [Pass | Warn] => Accepted by [Operator, Registry, Centre];
        /// Taken although it fails, with a reason and proof.
        AcceptException: [Fail] => Accepted by [Registry];
        /// Not good enough.
        AskRetake: [Pass | Warn | Fail | Accepted] => RetakeDue by [Operator, Registry, Centre];
        /// A better one is there.
        Supersede: [Accepted] => Superseded by [Registry, Centre, System];
    }
}

track! {
    /// The national registration (学历注册).
    Registry {
        /// Nothing sent.
        NotSent "未上报",
        /// In a delivery.
        Packaged "已打包",
        /// Sent.
        Sent "已上报",
        /// Linked to the enrolment.
        Linked "已关联",
        /// Could not be linked.
        LinkError "关联失败",
        /// The face is the person's.
        IdentityPassed "比对通过",
        /// A person looks.
        Uncertain "比对存疑",
        /// Another face.
        Failed "比对不通过",
        /// Stopped, with evidence to be given.
        Abnormal "异常",
        /// Evidence was given.
        EvidenceFiled "已提交佐证",
        /// Settled.
        Cleared "异常已解除",
    }
    RegistryEvent {
        /// Put into a delivery.
        Package: [NotSent | LinkError | Failed] => Packaged by [Registry, Centre, System];
        /// A new photo, or a corrected record, takes the place of what was delivered.
        Renew: [Packaged | Sent | Linked | Uncertain | IdentityPassed | Cleared] => Packaged by [Registry, Centre, System];
        /// Sent.
        Send: [Packaged] => Sent by [Registry, Centre, System];
        /// Linked.
        Link: [Sent] => Linked by [Registry, Centre, System];
        /// Not linked.
        FailLink: [Sent] => LinkError by [Registry, Centre, System];
        /// Same person.
        PassIdentity: [Linked | Uncertain] => IdentityPassed by [Registry, Centre, System];
        /// Not certain.
        Doubt: [Linked] => Uncertain by [Registry, Centre, System];
        /// Not the same.
        FailIdentity: [Linked | Uncertain] => Failed by [Registry, Centre, System];
        /// Stopped.
        Stop: [Uncertain | Failed] => Abnormal by [Centre, Registry];
        /// Evidence.
        FileEvidence: [Abnormal] => EvidenceFiled by [Registry, Student];
        /// Settled.
        Clear: [EvidenceFiled] => Cleared by [Centre, Registry];
    }
}

track! {
    /// Proofreading (图像校对).
    Proof {
        /// Not open.
        NotOpen "未开放",
        /// The student may look.
        Open "待校对",
        /// 照片正确
        Correct "照片正确",
        /// The data is wrong.
        InformationWrong "信息有误",
        /// The photo is of somebody else.
        NotMe "非本人照片",
        /// A correction was filed.
        CorrectionFiled "更正中",
        /// Put right.
        Resolved "已更正",
        /// Did nothing until the end: taken as correct, at the student's own risk (notice 003).
        NotChecked "未校对",
    }
    ProofEvent {
        /// The time of proofreading begins.
        Begin: [NotOpen] => Open by [Registry, System];
        /// All is right; the platform's own list says so too.
        Confirm: [Open | Resolved] => Correct by [Student, System];
        /// Data wrong.
        ReportInformation: [Open | Correct | Resolved] => InformationWrong by [Student, System];
        /// Somebody else.
        ReportPhoto: [Open | Correct | Resolved] => NotMe by [Student, System];
        /// The registry acts.
        FileCorrection: [InformationWrong | NotMe | CorrectionFiled] => CorrectionFiled by [Registry];
        /// Put right.
        Resolve: [CorrectionFiled] => Resolved by [Registry];
        /// Looked into, and right as it is; the student is told why and looks again.
        Dismiss: [InformationWrong | NotMe | CorrectionFiled] => Open by [Registry];
        /// The deadline passed.
        Lapse: [Open | Resolved] => NotChecked by [Registry, System];
        /// Late, but found wrong all the same.
        Reopen: [NotChecked] => Open by [Registry, System];
        /// Another photo took the place of the one that was looked at.
        Renew: [Open | Correct | Resolved | NotChecked | InformationWrong | NotMe | CorrectionFiled] => NotOpen by [System];
    }
}

track! {
    /// Paper prints (冲印照片).
    Prints {
        /// None.
        None "无",
        /// Printed.
        Printed "已冲印",
        /// At the school.
        AtSchool "已到校",
        /// Seen to be the student.
        Verified "已核对",
        /// On the certificate.
        Used "已使用",
    }
    PrintsEvent {
        /// Printed.
        Print: [None] => Printed by [Centre, AgencyLead, Registry];
        /// Arrived.
        Deliver: [Printed] => AtSchool by [Centre, Registry, College];
        /// It is the student.
        Verify: [AtSchool] => Verified by [College, Registry];
        /// Used.
        Use: [Verified] => Used by [Registry];
        /// Wrong or lost: to be printed again.
        Reprint: [Printed | AtSchool] => None by [Registry, College];
        /// It is somebody else: the photo is looked into, and printed again afterwards.
        Deny: [AtSchool] => None by [College, Registry];
        /// The photo that they were made of is void.
        Recall: [Printed | AtSchool | Verified | Used] => None by [System];
    }
}
