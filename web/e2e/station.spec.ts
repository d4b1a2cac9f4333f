// The station beside a camera: enrolled from the portal, a day's steps with a fake camera and with a tethering
// program's folder, and the photo at the centre.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { agency, binary } from "../playwright.config";
import { accessible } from "./accessible";

const folder = process.env.XUEYING_E2E!;
const campaign = "xd-2027";
const password = "a password of the tests";
const [camera, hot, data] = ["booth-camera", "hot", "station"].map((name) => join(folder, name));
const booth = "http://127.0.0.1:8128";
const env = { ...process.env, XUEYING_PASSPHRASE: "a passphrase of the booth" };

// Chromium plays the file as its camera: it has to be there before the browser is.
const film = join(folder, "camera.mjpeg");
execFileSync(binary, ["render", "--out", camera, "--count", "3", "--seed", "11"]);
const photos = readdirSync(camera).filter((name) => name.endsWith(".jpg")).map((name) => readFileSync(join(camera, name)));
writeFileSync(film, Buffer.concat(Array.from({ length: 20 }, () => photos[0]!)));
mkdirSync(hot, { recursive: true });

test.use({
  permissions: ["camera"],
  viewport: { width: 1366, height: 768 },
  launchOptions: async ({ launchOptions }, use) =>
    use({ ...launchOptions, args: [...(launchOptions.args ?? []), "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`] }),
});

let station: ChildProcess | undefined;
test.afterAll(() => void station?.kill());

/** A student's card as the phone shows it. */
async function card(page: Page, at: number): Promise<Buffer> {
  const students = await (await page.request.get(`/api/campaigns/${campaign}/students?size=10`)).json();
  const svg = await (await page.request.get(`/api/campaigns/${campaign}/students/${students.items[at].id}/card.svg`)).text();
  const own = await page.context().newPage();
  await own.setViewportSize({ width: 760, height: 1100 });
  await own.setContent(`<body style="margin:0;background:#fff"><div style="width:760px">${svg}</div></body>`);
  const picture = await own.screenshot();
  await own.close();
  return picture;
}

async function scan(page: Page, picture: Buffer): Promise<void> {
  await page.locator("input[name=code-picture]").setInputFiles({ name: "card.png", mimeType: "image/png", buffer: picture });
}

/** Guards ask for a reason; the operator has one. */
async function goOn(page: Page, reason: string): Promise<void> {
  await page.locator("dialog input[name=reason]").fill(reason);
  const second = page.locator("dialog input[name=second]");
  if (await second.count()) await second.fill("08");
  await page.keyboard.press("Enter");
  await expect(page.locator("dialog")).toHaveCount(0);
}

test("the agency's program serves stations and holds nothing that knows a roster", () => {
  test.skip(agency === binary, "XUEYING_AGENCY does not name what scripts/agency.sh built");
  const refused = (...words: string[]) => {
    try { execFileSync(agency, words, { stdio: "pipe" }); return ""; } catch (error) { return (error as { stderr: Buffer }).stderr.toString(); }
  };
  for (const command of ["serve", "roster", "code", "keys", "plan", "delivery"])
    expect(refused(command), command).toContain("unrecognized subcommand");
  // The server's own program shows that the words would be found: routes stand in it as text.
  const [ours, theirs] = [readFileSync(binary), readFileSync(agency)];
  for (const trace of ["/api/campaigns/{campaign}/students", "/api/campaigns/{campaign}/roster", "insert into student"]) {
    expect(ours.includes(trace), trace).toBe(true);
    expect(theirs.includes(trace), trace).toBe(false);
  }
});

test("scan, guidance, photo, retake, hot folder, acceptance, signature, receipt, memory card", async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto("/sign-in");
  await page.fill("#login", "registry");
  await page.fill("#password", password);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.locator("header.top")).toBeVisible();

  // The registry opens a station; its token makes this computer one.
  await page.goto(`/c/${campaign}/stations`);
  await expect(page.getByText("还没有机位")).toBeVisible();
  await page.locator("input[name=station]").fill("1号机位");
  await page.getByRole("button", { name: "登记新机位" }).click();
  const token = await page.locator(".token").innerText();
  await accessible(page, "the token of a station");
  const server = new URL(page.url()).origin;
  execFileSync(agency, ["station", "enrol", "--data", data, server, campaign, "1号机位", "--token", token], { env });
  station = spawn(agency, ["station", "run", "--data", data, "--watch", hot, "--listen", "127.0.0.1:8128"], { env });
  await expect.poll(async () => (await page.request.get(`${booth}/api/station`).catch(() => undefined))?.status()).toBe(200);
  const [first, second] = [await card(page, 2), await card(page, 3)];

  const operator = await page.context().newPage();
  if (agency !== binary) expect((await page.request.get(`${booth}/index.html`)).status(), "the portal's page").toBe(404);
  await operator.goto(booth);
  // The day begins with the check-list: no lights of another colour, no item left out, a test shot.
  await expect(operator.getByRole("button", { name: "开机" })).toBeDisabled();
  await operator.locator("input[name=lights]").fill("5600");
  for (const box of await operator.locator(".opening input[type=checkbox]").all()) await box.check();
  await operator.locator("input[name=test-shot]").setInputFiles({ name: "chart.jpg", mimeType: "image/jpeg", buffer: photos[0]! });
  await operator.screenshot({ path: join(folder, "opening.png"), fullPage: true });
  await accessible(operator, "opening a station");
  await operator.getByRole("button", { name: "开机" }).click();
  await expect(operator.getByText("请扫采集码")).toBeVisible();
  await scan(operator, first);
  // Classes are called today, and this one was not called here: the guard says so and wants a reason.
  await expect(operator.locator("dialog")).toContainText(/尚未叫号|已叫号/);
  await accessible(operator, "a guard's question");
  await goOn(operator, "现场统一调整");
  await expect(operator.locator(".who .huge")).toHaveText("1-0001");

  // The live picture is talked over; the camera takes a photo, which is judged and taken again.
  await operator.getByRole("button", { name: "开启摄像头" }).click();
  await expect(operator.locator(".guidance")).not.toBeEmpty();
  await operator.keyboard.press("Space");
  await expect(operator.locator("article.waiting .verdict")).toBeVisible({ timeout: 20_000 });
  await operator.keyboard.press("r");
  await expect(operator.locator("article.aside")).toBeVisible();
  await accessible(operator, "a student before the camera");

  // A tethering program writes a file in two parts, and once more under another name. The drawn photo has no time in
  // it, so it must come some seconds after the scan to be this student's.
  await operator.waitForTimeout(4_000);
  const photo = photos[1]!;
  const file = openSync(join(hot, "IMG_0001.JPG"), "w");
  writeSync(file, photo.subarray(0, photo.length >> 1));
  await operator.waitForTimeout(600);
  await expect(operator.locator("article.waiting")).toHaveCount(0);
  writeSync(file, photo.subarray(photo.length >> 1));
  closeSync(file);
  await expect(operator.locator("article.waiting .verdict")).toBeVisible({ timeout: 20_000 });
  writeFileSync(join(hot, "IMG_0001 (1).JPG"), photo);
  await expect(operator.locator(".message")).toContainText("重复文件");
  await expect.poll(() => readdirSync(hot)).toEqual([]);

  // Somebody else's code meanwhile: the operator is asked, and the one who waits comes next.
  const asked = operator.waitForResponse((answer) => answer.url().endsWith("/scan/picture"));
  await scan(operator, second);
  const code = (await (await asked).json()).code as string;
  await expect(operator.locator("dialog")).toContainText("1-0001 还没有照片");
  await operator.getByRole("button", { name: "继续拍这位" }).click();

  // Accepted, with a reason where inspection does not pass it.
  await operator.keyboard.press("Enter");
  await operator.waitForTimeout(500);
  if (await operator.locator("dialog").count()) await goOn(operator, "教务处同意");
  await expect(operator.getByText("请扫采集码")).toBeVisible();

  // The student signs with a finger, and a hand-held reader types the next code.
  await operator.keyboard.press("s");
  await accessible(operator, "a signature");
  const pad = (await operator.locator(".pad").boundingBox())!;
  await operator.mouse.move(pad.x + 30, pad.y + 60);
  await operator.mouse.down();
  for (let at = 0; at < 20; at++) await operator.mouse.move(pad.x + 30 + at * 12, pad.y + 60 + 30 * Math.sin(at));
  await operator.mouse.up();
  await operator.getByRole("button", { name: "完成" }).click();
  // The dialog is closed before the reader types, or it would type into it.
  await expect(operator.locator("dialog")).toHaveCount(0);
  await operator.keyboard.type(code);
  await operator.keyboard.press("Enter");
  await expect(operator.locator("dialog")).toContainText("请先核对");
  await goOn(operator, "现场统一调整");
  await expect(operator.locator(".who .huge")).toHaveText("1-0002");
  await operator.keyboard.press("v");
  await goOn(operator, "学生离开");

  // The receipt comes back by itself, the counts agree, and the photo is at the centre.
  await expect(operator.getByText("回执 1/1")).toBeVisible({ timeout: 30_000 });
  await operator.getByRole("button", { name: "收工核对" }).click();
  await expect(operator.getByText("核对一致")).toBeVisible();
  // What went wrong is written down, and the teacher signs that the class is done.
  await operator.locator("select[name=incident]").selectOption("light");
  await operator.locator("input[name=incident-words]").fill("右灯灯泡更换");
  await operator.getByRole("button", { name: "记录" }).click();
  await expect(operator.getByRole("cell", { name: "右灯灯泡更换" })).toBeVisible();
  await operator.getByRole("button", { name: "老师签收" }).first().click();
  await expect(operator.locator("dialog")).toContainText("拍摄完成");
  await operator.locator("dialog input").fill("张老师");
  await operator.keyboard.press("Enter");
  await expect(operator.getByText("已签收")).toBeVisible();
  await operator.screenshot({ path: join(folder, "closing.png"), fullPage: true });
  await accessible(operator, "the end of the day");
  // Whoever moves with Tab presses what is marked, though the same key else accepts a photo.
  await operator.getByRole("button", { name: "存储卡" }).focus();
  await operator.keyboard.press("Tab");
  await operator.keyboard.press("Enter");
  await expect(operator.locator(".sheet tbody tr")).toHaveCount(2);
  await operator.screenshot({ path: join(folder, "register.png"), fullPage: true });
  await accessible(operator, "the register");
  await operator.getByRole("link", { name: "English" }).click();
  for (const tab of ["Register", "End of day", "Memory card", "Photograph"]) {
    await operator.getByRole("navigation").getByRole("button", { name: tab }).click();
    await accessible(operator, `the station in English: ${tab}`);
  }
  await operator.getByRole("link", { name: "中文" }).click();
  await page.goto(`/c/${campaign}/stations`);
  await expect(page.locator(".el-table__row").first()).toContainText("已登记");
  await page.goto(`/c/${campaign}/shots`);
  await expect(page.locator(".strip").getByText(/待审核|已采用/)).toHaveCount(2);

  // Codes of another issuer: the school links the one whose print fits one student alone; of the other a person says
  // whose it is, while the line goes on.
  await operator.getByRole("button", { name: "拍摄", exact: true }).click();
  const [their, nobodys] = ["https://codes.example/t/8f3c1d2e", "https://codes.example/t/0badcafe"];
  const students = (await (await page.request.get(`/api/campaigns/${campaign}/students?size=10`)).json()).items as { student_no: string; name: string; document_no: string }[];
  const shows = async (code: string, name: string, document: string) => {
    await operator.keyboard.type(code);
    await operator.keyboard.press("Enter");
    await expect(operator.locator("dialog")).toContainText("其他机构签发的采集码");
    await operator.locator("dialog input[name=name]").fill(name);
    await operator.locator("dialog input[name=document]").fill(document);
  };
  await shows(their, students[1]!.name, students[1]!.document_no);
  await operator.screenshot({ path: join(folder, "whose.png") });
  await accessible(operator, "a code of another issuer");
  await operator.keyboard.press("Enter");
  // Linked, it is that student's own: what speaks against photographing now is asked as for every code.
  await expect(operator.locator("dialog")).toContainText("请先核对");
  await operator.locator("dialog").getByRole("button", { name: "取消" }).click();
  await shows(nobodys, "赵*", "0000");
  await operator.keyboard.press("Enter");
  await expect(operator.locator(".message")).toContainText("请他在旁稍候");
  await page.goto(`/c/${campaign}/codes`);
  const asked_of = page.locator(".el-table__row", { hasText: "赵*" });
  await expect(asked_of).toContainText("没有相符的学生");
  await page.screenshot({ path: join(folder, "links.png"), fullPage: true });
  await accessible(page, "codes of another issuer");
  await asked_of.getByRole("button", { name: "按学号指定" }).click();
  await page.locator(".el-message-box input").fill(students[0]!.student_no);
  await page.locator(".el-message-box").getByRole("button", { name: "确定" }).click();
  await expect(page.getByText("没有等待确认的采集码")).toBeVisible();

  // The camera's cable breaks: photos stay on its card, which is read afterwards. Nothing in the files says when they
  // were taken, so a person says whose they are.
  await operator.getByRole("button", { name: "拍摄", exact: true }).click();
  await operator.getByLabel("相机不联机").check();
  await operator.keyboard.type(code);
  await operator.keyboard.press("Enter");
  await goOn(operator, "重拍");
  await expect(operator.locator(".who .huge")).toHaveText("1-0003");
  await operator.keyboard.press("Enter");
  await expect(operator.getByText("请扫采集码")).toBeVisible();
  const dcim = join(folder, "DCIM");
  mkdirSync(dcim, { recursive: true });
  writeFileSync(join(dcim, "DSC_0001.JPG"), photos[2]!);
  await operator.getByRole("button", { name: "存储卡" }).click();
  await operator.locator("input[name=card-folder]").fill(dcim);
  await operator.getByRole("button", { name: "读卡" }).click();
  await expect(operator.locator(".card-file")).toHaveCount(1, { timeout: 20_000 });
  await operator.locator(".card-file select").selectOption({ index: 1 });
  await operator.locator(".card-file input").fill("已核对本人");
  await operator.screenshot({ path: join(folder, "card.png"), fullPage: true });
  await accessible(operator, "a memory card");
  await operator.getByRole("button", { name: "是这位" }).click();
  await expect(operator.locator(".contact img")).toHaveCount(1, { timeout: 20_000 });
  await operator.screenshot({ path: join(folder, "contact.png"), fullPage: true });
  await operator.locator(".contact button").click();
  await operator.waitForTimeout(500);
  if (await operator.locator("dialog").count()) await goOn(operator, "教务处同意");
  await expect(operator.getByText("没有等待读卡的拍摄号")).toBeVisible();
  await operator.getByRole("button", { name: "显示对时画面" }).click();
  await expect(operator.locator(".key-frame img")).toBeVisible();
  await accessible(operator, "the key frame");

  // The computer is carried away before the photo went: it comes by stick, and its receipt goes back.
  station!.kill();
  const stick = join(folder, "stick");
  execFileSync(agency, ["station", "export", "--data", data, stick], { env });
  const packets = readdirSync(stick).map((name) => join(stick, name));
  expect(packets).toHaveLength(1);
  await page.goto(`/c/${campaign}/stations`);
  const download = page.waitForEvent("download");
  await page.locator("input[name=packets]").setInputFiles(packets);
  const receipts = join(folder, "receipts.jsonl");
  await (await download).saveAs(receipts);
  expect(execFileSync(agency, ["station", "receipts", "--data", data, "--lang", "en", receipts], { env }).toString()).toContain("1 receipt(s) taken");
  expect(execFileSync(agency, ["station", "export", "--data", data, "--lang", "en", join(folder, "again")], { env }).toString()).toContain("0 packet(s)");

  // A make-up centre's desk finds out whose code it is, of whatever school, and takes the photo with its own camera.
  await page.goto("/walk-ins");
  await page.locator("input[name=code]").fill(code);
  await page.keyboard.press("Enter");
  await expect(page.locator("main h2")).toContainText("*");
  await page.getByRole("button", { name: "打开相机" }).click();
  const take = page.getByRole("button", { name: "拍照", exact: true });
  await expect(take).toBeEnabled();
  // Colours go over from disabled in a moment.
  await page.waitForTimeout(500);
  await accessible(page, "a walk-in before the camera");
  await take.click();
  await expect(page.locator(".walk-in-shot .verdict")).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: join(folder, "walk-in.png"), fullPage: true });
  await accessible(page, "a walk-in's photo");
  await page.getByRole("button", { name: "换一名学生" }).click();
  await expect(page.locator("input[name=code]")).toBeFocused();
});
