import { createI18n } from "vue-i18n";
import { language } from "../api/client";

const zh = {
  title: "机位 {station}", other: "English", shoot: "拍摄", register: "登记表", closing: "收工核对", operator: "操作员",
  waitingCode: "请扫采集码", waitingHint: "扫码枪直接扫；或用摄像头、图片读码", last4: "证件号后四位", place: "{name} 第 {place} / {of} 位", noClass: "不在任何班级名单",
  camera: "摄像头", noCamera: "没有摄像头画面。相机由联机软件保存到文件夹时无须开启；也可选择照片文件。", openCamera: "开启摄像头", file: "选择照片", readCode: "摄像头读码", codeFile: "图片读码", typeCode: "输入采集码",
  take: "拍照", accept: "采用", retake: "重拍", leave: "离开（作废）", undo: "撤销上一张", sign: "签名", looks: "着装妆容无异常", looked: "着装妆容已检查", looksAsk: "有问题时点选该项", fine: "无异常", mended: "已整改", exception: "例外", refused: "拒绝",
  pass: "合格", warn: "请看一眼", unknown: "无法判断，请看一眼", fail: "不合格", aside: "未采用", accepted: "已采用", took: "{ms} 毫秒", noTakes: "等待照片", judging: "正在检测…",
  asksTitle: "{number} 还没有照片", asksText: "{name} 已在机前，又扫到另一个采集码。", isNext: "他是下一位，等这位拍完", left: "这位已离开，号码作废", again: "继续拍这位", leftReason: "离开的原因", stoppedTitle: "请先核对", answerFirst: "这是采集码，不是原因：请先处理当前问题，再扫下一位。", todo: "处理", goOn: "说明理由并继续", cancel: "取消", reason: "原因", reasons: ["已核对本人", "前面的同学缺席", "现场统一调整", "重拍", "双胞胎", "宗教或医疗原因", "已缴费，凭证已看"], leaveReasons: ["学生离开", "着装不符，先整改", "设备故障", "学生拒绝拍摄"],
  waits: "下一位已扫码等候", heard: { take: "收到照片", duplicate: "重复文件", stray: "不知属于谁", impossible: "不能制成证件照", trouble: "未能收下" },
  strays: "{n} 个文件不知属于谁", strayWhy: { "no-active": "到达时无人待拍", "too-soon": "扫码前已开始传送", unreadable: "不是照片", impossible: "不能制成证件照" }, itIsHis: "是当前这位的", discard: "不是任何人的",
  unsigned: "{n} 人未签名", signTitle: "{number} {name} 签名", signHint: "用手指或笔签名，或输入姓名", typed: "输入姓名", clear: "清除", done: "完成",
  card: "存储卡", cardHint: "相机不联机时：扫码后直接拍照，照片留在卡上；扫下一位时上一位自动记为“照片在卡上”。拍完读卡，按时间对应，拿不准的由人确认。", keyFrame: "显示对时画面", keyFrameHint: "每班开始时用相机拍一张这个画面，读卡时据此校正相机时钟。", cardFolder: "存储卡文件夹，如 E:\\DCIM 或 /media/card/DCIM", cardRead: "读卡", cardFiles: "文件", cardSure: "可确定", cardUnsure: "待确认", cardKeys: "对时画面", cardMissing: "卡上没有", cardTake: "收下可确定的 {n} 张", cardAsk: "请确认是谁", cardNobody: "不是任何人的", cardChoose: "请选择拍摄号", itIs: "是这位", cardWaiting: "照片在卡上的拍摄号（{n}）", cardNone: "没有等待读卡的拍摄号。", cardAccept: "采用全部合格的 {n} 张", cardGiveUp: "卡上没有，作废", cardMode: "相机不联机（照片在卡上）", onCard: "已拍，在卡上",
  counts: "已扫 {scanned} · 采用 {accepted} · 作废 {void}", pace: "每人 {s} 秒", outbox: "回执 {receipts}/{packets}", waitingBytes: "待传 {kb} KB", online: "已联网", offline: "离线", neverAsked: "未联网", sessions: "本机位班级", sessionLine: "{done}/{heads}", number: "拍摄号", name: "姓名", document: "证件号", class: "班级", time: "时间", state: "状态", signature: "签名", states: { active: "待拍", card: "在卡上", accepted: "已采用", void: "作废" }, print: "打印", emptyRegister: "今天还没有扫码。", date: "日期",
  closes: "核对一致，可以收工。", doesNotClose: "还不能收工：", scanned: "扫码", void: "作废", signed: "签名", packets: "传输包", receipts: "回执", strayFiles: "无主文件", log: "操作日志", keysHelp: "空格 拍照 · 回车 采用 · R 重拍 · V 离开 · D 着装无异常 · S 签名 · U 撤销", undone: "{number} 已恢复为待拍", reader: "对准采集码", product: "学影", connectionLost: "与本机程序的连接中断，请确认 xueying station 正在运行。",
};
type Words = typeof zh;
const en: Words = {
  title: "Station {station}", other: "中文", shoot: "Photograph", register: "Register", closing: "End of day", operator: "Operator",
  waitingCode: "Scan a collection code", waitingHint: "with the hand-held reader, the webcam or a picture", last4: "last four digits", place: "{name}, number {place} of {of}", noClass: "on no class's list",
  camera: "Camera", noCamera: "No live picture. It is not needed while a tethering program saves into the folder; a file can be chosen too.", openCamera: "Start the camera", file: "Choose a photo", readCode: "Read with the webcam", codeFile: "Read from a picture", typeCode: "Type the code",
  take: "Take", accept: "Accept", retake: "Take again", leave: "Left (void)", undo: "Undo the last", sign: "Sign", looks: "Dress and looks are fine", looked: "Dress and looks were checked", looksAsk: "Choose what is not", fine: "fine", mended: "put right", exception: "exception", refused: "refused",
  pass: "Passes", warn: "Have a look", unknown: "Cannot tell: have a look", fail: "Fails", aside: "not used", accepted: "accepted", took: "{ms} ms", noTakes: "Waiting for a photo", judging: "Judging…",
  asksTitle: "{number} has no photo yet", asksText: "{name} sits before the camera, and another code was scanned.", isNext: "That one is next, after this one", left: "This one left; the number is void", again: "Go on with this one", leftReason: "Why did this one leave", stoppedTitle: "Look first", answerFirst: "That is a code and no reason: answer this first, then scan the next one.", todo: "What to do", goOn: "Go on with a reason", cancel: "Cancel", reason: "Reason", reasons: ["person compared", "those before are absent", "everybody was sent here", "taken again", "twins", "religion or medicine", "receipt of the fee seen"], leaveReasons: ["left", "dress to be put right first", "trouble with the camera", "refuses"],
  waits: "The next one is scanned and waits", heard: { take: "Photo", duplicate: "The same file again", stray: "Belongs to nobody for sure", impossible: "No portrait can be made of it", trouble: "Could not be kept" },
  strays: "{n} files belong to nobody for sure", strayWhy: { "no-active": "nobody was before the camera", "too-soon": "on its way before the scan", unreadable: "no photo", impossible: "no portrait can be made of it" }, itIsHis: "It is this one's", discard: "It is nobody's",
  unsigned: "{n} have not signed", signTitle: "{number} {name} signs", signHint: "Sign with finger or pen, or type the name", typed: "Name", clear: "Clear", done: "Done",
  card: "Memory card", cardHint: "When the camera is not connected: scan, shoot, and the photo stays on the card; the next scan notes the one before as on the card. Read the card afterwards: frames and scans are brought together by time, and a person looks at what is not sure.", keyFrame: "Show the key frame", keyFrameHint: "Photograph it at the beginning of every class: it tells how far the camera's clock is off.", cardFolder: "The card's folder, such as E:\\DCIM or /media/card/DCIM", cardRead: "Read the card", cardFiles: "Files", cardSure: "Sure", cardUnsure: "To be looked at", cardKeys: "Key frames", cardMissing: "Not on the card", cardTake: "Take in the {n} that are sure", cardAsk: "Who is this?", cardNobody: "nobody", cardChoose: "choose a number", itIs: "It is this one", cardWaiting: "Numbers whose photo is on a card ({n})", cardNone: "No number waits for a card.", cardAccept: "Accept the {n} that pass", cardGiveUp: "Not on the card: void", cardMode: "Camera not connected (photos on the card)", onCard: "Done, on the card",
  counts: "{scanned} scanned · {accepted} accepted · {void} void", pace: "{s} s each", outbox: "{receipts}/{packets} receipts", waitingBytes: "{kb} KB to send", online: "online", offline: "offline", neverAsked: "not connected", sessions: "Classes of this station", sessionLine: "{done}/{heads}", number: "Number", name: "Name", document: "Document", class: "Class", time: "Time", state: "State", signature: "Signature", states: { active: "active", card: "on the card", accepted: "accepted", void: "void" }, print: "Print", emptyRegister: "Nothing was scanned today.", date: "Date",
  closes: "Everything agrees; the day can be closed.", doesNotClose: "The day cannot be closed yet:", scanned: "Scanned", void: "Void", signed: "Signed", packets: "Packets", receipts: "Receipts", strayFiles: "Files of nobody", log: "Log", keysHelp: "Space take · Enter accept · R again · V left · D looks fine · S sign · U undo", undone: "{number} is active again", reader: "Hold the code before the camera", product: "Xueying", connectionLost: "The program on this computer does not answer; see that xueying station is running.",
};

export const i18n = createI18n({ legacy: false, locale: language(), fallbackLocale: "zh-CN", messages: { "zh-CN": zh, en } });
document.documentElement.lang = language();

export function speak(): void {
  const to = i18n.global.locale.value === "en" ? "zh-CN" : "en";
  localStorage.setItem("language", to);
  i18n.global.locale.value = to;
  document.documentElement.lang = to;
}
