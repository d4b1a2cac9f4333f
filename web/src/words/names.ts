// What the server calls by a key, in English; in Chinese it says the word beside the key.
import { i18n } from "./index";

const NAMES: Record<string, Record<string, string>> = {
  status: {
    "not-taking-part": "not taking part", exception: "needs settling", "not-ready": "not ready", ready: "ready", paid: "paid", present: "present", photographed: "photographed",
    "retake-due": "retake due", "make-up-due": "make-up due", accepted: "photo accepted", sent: "sent", "to-proofread": "to proofread", confirmed: "confirmed", "not-checked": "not proofread", complete: "complete",
  },
  eligibility: { expected: "taking part", excluded: "not taking part", withdrawn: "left the school" },
  "record-check": { unchecked: "not checked yet", confirmed: "checked", "error-reported": "error reported, to be corrected", corrected: "corrected" },
  consent: { "not-shown": "not shown yet", acknowledged: "read", agreed: "agreed to face comparison", declined: "declined face comparison" },
  code: { none: "no code", registered: "issued", readable: "can be read", bound: "bound", problem: "problem with the code" },
  payment: { "not-due": "not due yet", due: "due", claimed: "to be confirmed", confirmed: "paid", duplicate: "paid twice", "refund-due": "refund due", refunded: "refunded", waived: "waived" },
  attendance: { planned: "to be photographed", arrived: "arrived", queued: "queueing", "checked-in": "checked in", signed: "signed", done: "done", "no-show": "did not come", refused: "refused", "left-queue": "left the queue" },
  photo: { none: "not photographed", captured: "photographed", pass: "passes inspection", warn: "to be reviewed", fail: "fails inspection", "retake-due": "retake due", accepted: "accepted", superseded: "replaced" },
  registry: {
    "not-sent": "not sent", packaged: "packed", sent: "sent", linked: "linked", "link-error": "linking failed", "identity-passed": "identity confirmed", uncertain: "identity uncertain", failed: "identity not confirmed",
    abnormal: "abnormal", "evidence-filed": "evidence filed", cleared: "cleared",
  },
  proof: { "not-open": "not open yet", open: "to proofread", correct: "photo correct", "information-wrong": "record wrong", "not-me": "photo of somebody else", "correction-filed": "being corrected", resolved: "corrected", "not-checked": "not proofread" },
  prints: { none: "not printed", printed: "printed", "at-school": "at the school", verified: "verified", used: "used" },
  field: {
    "student-no": "Student number", name: "Name", sex: "Sex", birth: "Date of birth", "document-type": "Document type", "document-no": "Document number", "exam-no": "Examination number", college: "College", major: "Major",
    cohort: "Class", level: "Level", years: "Years of study", enrolled: "Date of enrolment", graduates: "Expected graduation", status: "Enrolment status", remark: "Remark",
  },
  make_up: { absent: "did not come on the day", refused: "refused on the day (rules not kept)", left: "left before being photographed", "not-photographed": "the days are over and there is no photo", failed: "the photo fails inspection", retake: "review asks for a retake", rejected: "not accepted after delivery" },
  missing: { photo: "no accepted photo", record: "an error in the record is not corrected", delivery: "not delivered yet", link: "not linked to the enrolment", identity: "identity check not finished", proof: "proofreading not finished", dispute: "the student's report is not answered" },
  end: { ready: "ready for registration", "not-taking-part": "not taking part", withdrawn: "left the school", open: "still open" },
  finding: { "unpaid-but-shot": "photographed, not paid", "paid-not-shot": "paid, not photographed", twice: "paid twice", "wrong-sum": "wrong sum", "unknown-payer": "payer unknown" },
  message: { "code-missing": "Collection code reminder", "fee-due": "Payment reminder", tomorrow: "Session reminder", "make-up": "Make-up notice", "make-up-ends": "Make-up ends soon", booked: "Booking reminder", "proof-open": "Proofreading notice", "proof-ends": "Proofreading ends soon" },
  duty: { helper: "Student helper", college: "Person of the college", leader: "Leader", teacher: "Teacher", monitor: "Class monitor" },
  deadline: { 缴费: "Payment", 获取采集码: "Getting the collection code", 拍摄: "Shooting", 图像校对开始: "Proofreading begins", 图像校对截止: "Proofreading ends", 补拍截止: "Make-up ends", 学生: "students", 学院: "colleges" },
  purpose: { 学历注册: "Degree registration", 证书打印: "Printing certificates", 学位信息报送: "Degree information", 校内系统: "Systems of the school" },
};

/** What the log says alone by keys, in both languages: what happened to a student, and what a line is about. */
const LOGGED: Record<string, [zh: string, en: string]> = {
  exclude: ["不参加", "excluded"], withdraw: ["离校或撤回", "withdrawn"], restore: ["恢复", "restored"], confirm: ["确认", "confirmed"], report: ["报告有误", "error reported"], correct: ["更正", "corrected"], reject: ["未更正", "not corrected"],
  acknowledge: ["已阅告知", "notice read"], agree: ["同意", "agreed"], decline: ["不同意", "declined"], register: ["领取", "issued"], read: ["可识读", "read"], bind: ["绑定", "bound"], refuse: ["拒绝", "refused"], revoke: ["作废", "revoked"],
  "fall-due": ["到缴费时间", "fell due"], claim: ["上报已缴费", "reported as paid"], deny: ["否认", "denied"], "pay-again": ["再次缴费", "paid again"], "return-second": ["退回重复", "second payment returned"], "owe-refund": ["应退费", "refund owed"], refund: ["退费", "refunded"], waive: ["免缴", "waived"],
  arrive: ["到场", "arrived"], queue: ["排队", "queued"], "check-in": ["登记", "checked in"], sign: ["签名", "signed"], finish: ["离场", "finished"], miss: ["未到", "did not come"], leave: ["中途离开", "left"], replan: ["重新安排", "planned again"],
  capture: ["拍摄", "photographed"], "judge-pass": ["检测通过", "passes inspection"], "judge-warn": ["待人工审核", "to be reviewed"], "judge-fail": ["检测不通过", "fails inspection"], accept: ["采用", "accepted"], "accept-exception": ["例外采用", "accepted as an exception"], "ask-retake": ["要求重拍", "retake asked for"], supersede: ["被替换", "replaced"],
  package: ["打包", "packed"], renew: ["须重新进行", "to be done again"], send: ["上报", "sent"], link: ["关联", "linked"], "fail-link": ["关联失败", "linking failed"], "pass-identity": ["比对通过", "identity confirmed"], doubt: ["比对存疑", "identity uncertain"], "fail-identity": ["比对不通过", "identity not confirmed"], stop: ["列为异常", "stopped"], "file-evidence": ["提交佐证", "evidence filed"], clear: ["解除异常", "cleared"],
  begin: ["开放", "opened"], "report-information": ["反映信息有误", "record reported as wrong"], "report-photo": ["反映非本人照片", "photo reported as somebody else's"], "file-correction": ["开始更正", "correction begun"], resolve: ["已更正", "corrected"], dismiss: ["核实无误", "right as it is"], lapse: ["逾期未校对", "not proofread in time"], reopen: ["重新开放", "reopened"],
  print: ["冲印", "printed"], deliver: ["到校", "arrived"], verify: ["核对本人", "verified"], use: ["使用", "used"], reprint: ["重印", "to be printed again"], recall: ["收回", "recalled"],
  "campaign-created": ["新建活动", "campaign created"], "campaign-moved": ["活动阶段", "phase"], roster: ["名单", "roster"], case: ["学生状态", "student's status"], settings: ["设置", "settings"], codes: ["采集码", "codes"], seen: ["查看或导出", "viewed or exported"], "signed-off": ["名单确认", "list signed off"], shot: ["照片", "photo"],
  timetable: ["时间安排", "timetable"], station: ["机位", "station"], booking: ["补拍预约", "booking"], money: ["费用", "fees"], face: ["人脸比对", "face comparison"], paper: ["材料", "papers"], notice: ["通知", "notice"], "second-round": ["第二次集中拍摄", "second session"], delivery: ["报送", "delivery"], turn: ["叫号", "queue"],
  people: ["人员", "people"], corrected: ["更正", "corrected"], moved: ["移动", "moved"], "sign-in": ["签到表", "sign-in sheet"], "not-checked": ["未校对名单", "list of those not proofread"], sent: ["标为已报送", "marked as sent"], roll: ["点名全名", "full names of a roll"], "refund-asked": ["申请退费", "refund asked for"], "refund-approved": ["批准退费", "refund approved"], "refund-declined": ["撤销退费", "refund withdrawn"], "refund-paid": ["已退费", "refund paid"],
  reference: ["参照照片", "reference photo"], published: ["发布", "published"], drafted: ["草稿", "drafted"], made: ["打包完成", "packed"], begun: ["开始打包", "begun"], answered: ["导入反馈", "answers imported"], linked: ["指定缴费人", "payer assigned"], issued: ["签发", "issued"], identity: ["完整身份", "whole identity"], "hand-over": ["收款", "hand-over"], evidence: ["佐证", "evidence"], dispute: ["异议", "report"], confirmed: ["确认", "confirmed"],
  cards: ["采集码（整班）", "code cards of a class"], card: ["采集码", "code card"], booked: ["预约", "booked"], cancelled: ["取消预约", "cancelled"], bill: ["导入账单", "bill imported"], opened: ["登记", "opened"], enrolled: ["启用", "enrolled"], revoked: ["吊销", "revoked"], student: ["学生记录", "student's record"],
  "account-signed-in": ["登录", "signed in"], "account-locked": ["密码多次错误，锁定", "locked after wrong passwords"], "account-password-changed": ["修改密码", "password changed"], "account-created": ["新建账号", "created"], "account-reset": ["重置密码", "new first password"], "account-opened": ["启用", "opened"], "account-closed": ["停用", "closed"],
  "code-link": ["采集码登记", "code linked"], "code-linked": ["采集码已登记", "code linked"], "code-linked-by-print": ["采集码按码旁所印登记", "code linked by its print"], "code-unlinked": ["取消采集码登记", "link of the code taken back"], "code-asked": ["机位询问采集码", "a station asked whose a code is"], "code-of-nobody": ["采集码不属于任何人", "code of nobody"],
  passes: ["检测通过", "passes inspection"], "for-review": ["待人工审核", "to be reviewed"], fails: ["检测不通过", "fails inspection"], accepted: ["采用", "accepted"], "accepted-as-exception": ["例外采用", "accepted as an exception"], retake: ["要求重拍", "retake asked for"],
};

const isEnglish = () => i18n.global.locale.value === "en";

/** The name of a key: the server's word in Chinese, ours in English. */
export function named(group: string, key: string | null | undefined, zh: string | null | undefined): string {
  if (!isEnglish()) return zh ?? key ?? "";
  return NAMES[group]?.[key ?? ""] ?? (key ?? "").replaceAll("-", " ");
}

/** Several things, one after the other, as the language writes it. */
export const listed = (things: readonly (string | number)[]): string => things.join(isEnglish() ? ", " : "、");
/** Something said aside. */
export const aside = (text: string | number): string => (isEnglish() ? ` (${text})` : `（${text}）`);
/** What comes before what it introduces. */
export const colon = (): string => (isEnglish() ? ": " : "：");

/** A key of the log. */
export function logged(key: string): string {
  const words = LOGGED[key];
  return words ? words[isEnglish() ? 1 : 0] : key.replaceAll("-", " ");
}
