// A campaign as its people see it: the registry, a college, the desk, and a student with a phone.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { binary, firstPassword } from "../playwright.config";
import { accessible } from "./accessible";

const folder = process.env.XUEYING_E2E!;
const campaign = "xd-2027";
const password = "a password of the tests";

/** A document number of a region that does not exist, with its check character (ISO 7064 MOD 11-2). */
function document(number: number, wrong = false): string {
  const body = `19999920050101${String(number).padStart(3, "0")}`;
  const sum = [...body].reduce((sum, digit, place) => sum + Number(digit) * (2 ** (17 - place) % 11), 0);
  const last = "10X98765432"[sum % 11]!;
  return body + (wrong ? (last === "0" ? "1" : "0") : last);
}

function roster(faulty: number): Buffer {
  const names = ["林晓雨", "欧阳若溪", "王頔", "陈默"];
  const rows = names.map((name, at) => `2027000${at},${name},${document(at, at < faulty)},${at < 2 ? "计算机学院" : "数学学院"},班${at < 2 ? 1 : 2},本科`);
  return Buffer.from(["学号,姓名,证件号码,学院,班级,层次", ...rows, ""].join("\n"));
}

async function signIn(page: Page, login: string, secret: string) {
  await page.goto("/sign-in");
  await page.fill("#login", login);
  await page.fill("#password", secret);
  await page.getByRole("button", { name: "登录" }).click();
}

/** Signs in with a first password and changes it. */
async function begin(page: Page, login: string, first: string) {
  await signIn(page, login, first);
  await page.fill("#old", first);
  await page.fill("#new", password);
  await page.fill("#again", password);
  await page.getByRole("button", { name: "修改" }).click();
  await expect(page.locator("header.top")).toBeVisible();
}

/** A new account by the registry's page; gives its first password. */
async function account(page: Page, login: string, role: string, college = ""): Promise<string> {
  await page.goto("/accounts");
  await page.getByRole("button", { name: "新建账号" }).click();
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=person]").fill(login);
  if (role !== "学院") {
    await page.getByRole("dialog").locator(".el-select").first().click();
    await page.getByRole("option", { name: role, exact: true }).click();
  }
  if (college) await page.locator("input[name=college]").fill(college);
  await page.getByRole("dialog").getByRole("button", { name: "确定" }).click();
  const shown = await page.locator("dialog code, .el-dialog code").innerText();
  await page.keyboard.press("Escape");
  return shown;
}

async function fresh(browser: Browser, width = 1280): Promise<Page> {
  return (await browser.newContext({ viewport: { width, height: 844 }, locale: "zh-CN" })).newPage();
}

test("from a faulty roster to the photo that its student sees", async ({ page, browser }) => {
  test.setTimeout(240_000);
  const camera = join(folder, "camera");
  execFileSync(binary, ["render", "--out", camera, "--count", "1", "--seed", "1"]);

  // The registry begins a campaign from a notice's template.
  await begin(page, "registry", firstPassword);
  await accessible(page, "no campaign yet");
  await page.getByRole("button", { name: "新建采集活动" }).first().click();
  await page.locator(".el-dialog input").first().fill(campaign);
  await page.locator(".el-dialog .el-select").click();
  await page.getByRole("option", { name: /stations-2025/ }).click();
  const settings = page.locator(".el-dialog textarea");
  await accessible(page, "a new campaign");
  await settings.fill((await settings.inputValue()).replace("class-of", 'school-no = "99999"\nclass-of'));
  await page.getByRole("button", { name: "创建" }).click();

  // A faulty roster shows its faults and cannot be taken; the corrected one is.
  await expect(page).toHaveURL(new RegExp(`/c/${campaign}/roster`));
  const file = page.locator(".drop input[type=file]");
  await file.setInputFiles({ name: "名单.csv", mimeType: "text/csv", buffer: roster(1) });
  await expect(page.getByText("C 证件号码")).toBeVisible();
  await expect(page.getByRole("button", { name: /确认导入/ })).toBeDisabled();
  await accessible(page, "a faulty roster");
  await page.getByRole("button", { name: "重新选择文件" }).click();
  await file.setInputFiles({ name: "名单.csv", mimeType: "text/csv", buffer: roster(0) });
  await accessible(page, "a roster to be taken");
  await page.getByRole("button", { name: "确认导入 4 人" }).click();
  await expect(page.getByRole("link", { name: "20270003" })).toBeVisible();
  await expect(page.getByText("林*雨")).toBeVisible();

  // Codes.
  await page.goto(`/c/${campaign}/codes`);
  await page.getByRole("button", { name: "签发采集码" }).click();
  await expect(page.getByText("签发 4 个")).toBeVisible();
  const desk = await account(page, "desk", "采集人员");
  const college = await account(page, "cs", "学院", "计算机学院");

  // A student with a phone activates the account and saves the card.
  const phone = await fresh(browser, 390);
  await phone.goto(`/activate?campaign=${campaign}`);
  await phone.fill("#number", "20270000");
  await phone.fill("#name", "林晓雨");
  await phone.fill("#document", document(0));
  await phone.fill("#password", password);
  await phone.getByRole("button", { name: "激活" }).click();
  await expect(phone.getByText("账号已激活")).toBeVisible();
  await signIn(phone, `${campaign}/20270000`, password);
  await expect(phone.getByText("林晓雨，你好")).toBeVisible();
  await accessible(phone, "a student for the first time");
  await phone.getByRole("button", { name: "我已阅读" }).click();
  await phone.getByRole("button", { name: "信息无误" }).click();
  const saved = phone.waitForEvent("download");
  await phone.getByRole("link", { name: "保存采集码图片" }).click();
  const card = join(folder, "card.png");
  await (await saved).saveAs(card);
  await phone.locator("#saved").setInputFiles(card);
  await expect(phone.getByText("采集码可以识读")).toBeVisible();
  await expect(phone.getByText("目前没有需要你做的事")).toBeVisible();
  await accessible(phone, "a student with a code");

  // The desk takes the photo with the student's saved card, reads the findings and accepts it.
  const operator = await fresh(browser);
  await begin(operator, "desk", desk);
  await operator.goto(`/c/${campaign}/shots`);
  await operator.getByRole("button", { name: "上传照片" }).click();
  const photo = readdirSync(camera).find((name) => name.endsWith(".jpg"))!;
  await accessible(operator, "a photo to be uploaded");
  await operator.locator("input[name=photo]").setInputFiles(join(camera, photo));
  await operator.locator("input[name=code_picture]").setInputFiles(card);
  await operator.getByRole("button", { name: "制作并检测" }).click();
  await expect(operator.locator(".strip").getByText("待审核")).toBeVisible({ timeout: 30_000 });
  await operator.getByText("显示全部规则").click();
  await expect(operator.locator(".look .el-table__row")).not.toHaveCount(0);
  await accessible(operator, "a photo and its findings");
  await operator.locator("h1").first().click();
  await operator.keyboard.press("a");
  await expect(operator.locator(".strip").getByText("已采用")).toBeVisible();

  // The student sees it.
  await phone.reload();
  await expect(phone.locator("img.photo")).toBeVisible();
  await expect(phone.locator("main").getByText("已采用")).toBeVisible();

  // The college sees its own two students, and neither roster, photos nor log.
  const counsellor = await fresh(browser);
  await begin(counsellor, "cs", college);
  await counsellor.goto(`/c/${campaign}/students`);
  await expect(counsellor.getByRole("link", { name: "20270001" })).toBeVisible();
  await expect(counsellor.getByRole("link", { name: "20270002" })).toHaveCount(0);
  for (const hidden of ["名单", "照片", "日志"]) await expect(counsellor.locator(".tabs").getByText(hidden)).toHaveCount(0);
  await counsellor.goto(`/c/${campaign}/log`);
  await expect(counsellor).toHaveURL(`/c/${campaign}`);

  // The timetable: lectures are read, a plan is found, and a class dragged onto its lecture says why it cannot stand there.
  await page.goto(`/c/${campaign}/timetable`);
  await page.getByLabel("机位（以顿号分隔）").fill("1号机位、2号机位");
  await page.getByLabel("每人秒数").fill("600");
  await page.getByRole("button", { name: "按名单建立" }).click();
  const day = await page.locator(".gantt h3").first().innerText();
  const lectures = Buffer.from(`班级,日期,时间\n班1,${day},8:00-10:00\n`);
  await page.getByLabel("导入课表").setInputFiles({ name: "课表.csv", mimeType: "text/csv", buffer: lectures });
  await expect(page.getByText("1 个班在拍摄日有课")).toBeVisible();
  // A timetable that somebody made is pasted as it was copied: what the roster lacks and what is wrong in it is told.
  await page.getByRole("button", { name: "粘贴表格" }).click();
  await page.locator(".el-message-box textarea").fill("地点\t8:30—9:30\t9:30—10:30\n1号机位\t班1\t班9\n2号机位\t班0\t\n");
  await accessible(page, "a table to paste");
  await page.locator(".el-message-box").getByRole("button", { name: "采用" }).click();
  await expect(page.locator(".el-message-box.lines")).toContainText("第 2 行：名单中没有“班9”");
  await page.locator(".el-message-box.lines").getByRole("button").last().click();
  await expect(page.locator(".breaches .error").filter({ hasText: "有课" })).toHaveCount(1);
  await expect(page.locator(".breaches .error").filter({ hasText: "表中没有它的位置" }).first()).toBeVisible();
  await page.screenshot({ path: join(folder, "given.png"), fullPage: true });
  // A college would rather come in the morning; hours that are none are not taken.
  await page.getByText("机位与学院的限制").click();
  const prefer = page.getByLabel("数学学院 希望在");
  await prefer.fill("上午");
  await expect(page.getByRole("button", { name: "采用这些限制" })).toBeDisabled();
  await prefer.fill("8:30—12:00");
  await page.screenshot({ path: join(folder, "limits.png"), fullPage: true });
  await accessible(page, "limits");
  await page.getByRole("button", { name: "采用这些限制" }).click();
  await page.getByRole("button", { name: "保存", exact: true }).click();
  await expect(page.getByText("已保存")).toBeVisible();
  await expect(prefer).toHaveValue("08:30-12:00");
  await page.getByText("机位与学院的限制").click();
  await page.getByRole("button", { name: "自动排程" }).click();
  const block = page.locator('.gantt .class[data-class="计算机学院/班1"]');
  await expect(block).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("核对无误")).toBeVisible();
  await block.dragTo(page.locator('.gantt .track[data-station="1"]').first(), { targetPosition: { x: 130, y: 20 } });
  await expect(page.locator(".breaches .error").first()).toContainText("有课");
  await expect(block).toHaveClass(/wrong/);
  await accessible(page, "a timetable with a conflict");
  await page.screenshot({ path: join(folder, "conflict.png"), fullPage: true });
  await page.getByRole("button", { name: "撤销" }).click();
  await expect(page.getByText("核对无误")).toBeVisible();

  // Published, the student sees the own time and the college confirms it.
  const publish = async (edition: number) => {
    await page.locator(".panel").getByRole("button", { name: "发布", exact: true }).click();
    await page.locator(".el-message-box").getByRole("button", { name: "发布" }).click();
    await expect(page.getByText(`已发布的时间安排（第 ${edition} 版）`)).toBeVisible();
  };
  await page.getByRole("button", { name: "冻结名单" }).click();
  await accessible(page, "a question");
  await page.locator(".el-message-box").getByRole("button", { name: "确定" }).click();
  await expect(page.locator("h1").getByText("名单已冻结")).toBeVisible();
  await publish(1);
  await phone.reload();
  await expect(phone.locator(".session")).toContainText(day);
  await phone.screenshot({ path: join(folder, "own-time.png"), fullPage: true });
  await counsellor.goto(`/c/${campaign}/timetable`);
  await expect(counsellor.locator(".edition .el-table__row")).toHaveCount(1);
  await accessible(counsellor, "a college's timetable");
  await counsellor.getByRole("button", { name: "已知悉" }).click();
  await expect(counsellor.getByRole("button", { name: "已知悉" })).toHaveCount(0);

  // A station falls behind: what follows is put off, and those concerned are told by the next edition.
  await page.getByText("当天调整").click();
  await page.locator(".mending .el-select").first().click();
  await page.getByRole("option", { name: "08:15" }).click();
  for (const station of ["1号机位", "2号机位"]) await page.getByLabel(`${station} 落后的分钟数`).fill("40");
  await page.getByRole("button", { name: "调整", exact: true }).click();
  await expect(page.getByText("需通知 1 个班")).toBeVisible();
  await publish(2);
  await expect(page.getByText("1 个学院尚未确认：数学学院")).toBeVisible();

  // The log tells the story and verifies.
  await page.goto(`/c/${campaign}/log`);
  await page.getByRole("button", { name: "验证日志" }).click();
  await expect(page.getByText("日志完整")).toBeVisible();
  await accessible(page, "a verified log");
});

test("whoever is signed out is led to sign in, and a wrong password is refused in words", async ({ page }) => {
  await page.goto(`/c/${campaign}/students`);
  await expect(page).toHaveURL(/sign-in/);
  await signIn(page, "nobody", "wrong");
  await expect(page.getByRole("alert")).toContainText("用户名或密码错误");
  await accessible(page, "a refused password");
  await page.getByRole("link", { name: "English" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});
