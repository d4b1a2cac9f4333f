// After the shooting: a photo is refused, a make-up hour booked, taken again, delivered, proofread, disputed, put right
// and delivered again; and a bill finds whose money it is.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { binary } from "../playwright.config";
import { accessible } from "./accessible";

const folder = process.env.XUEYING_E2E!;
const campaign = "xd-2027";
const password = "a password of the tests";

async function signIn(page: Page, login: string) {
  await page.goto("/sign-in");
  await page.fill("#login", login);
  await page.fill("#password", password);
  await page.getByRole("button", { name: "登录" }).click();
}

/** Changes the campaign's settings on their page. */
async function settings(page: Page, change: (text: string) => string) {
  await page.goto(`/c/${campaign}/settings`);
  const text = page.locator("textarea");
  await expect(text).not.toHaveValue("");
  const before = await text.inputValue();
  expect(change(before)).not.toBe(before);
  await text.fill(change(before));
  await page.getByRole("button", { name: "保存" }).click();
  await expect(page.getByText("设置已保存")).toBeVisible();
}

/** Packs what is due and waits until it can be fetched. */
async function deliver(page: Page, number: number, photos: number) {
  await page.goto(`/c/${campaign}/deliveries`);
  await page.getByRole("button", { name: "打包", exact: true }).click();
  const one = page.locator("article.delivery", { hasText: `第 ${number} 次` });
  await expect(one).toContainText("可下载", { timeout: 20_000 });
  await expect(one).toContainText(`${photos} 张照片`);
  return one;
}

const confirm = (page: Page) => page.locator(".el-message-box").getByRole("button", { name: "确定" }).click();

test("refused, taken again, delivered, disputed, put right and delivered again", async ({ page, browser }) => {
  test.setTimeout(180_000);
  await signIn(page, "registry");
  await expect(page.locator("header.top")).toBeVisible();
  const week = '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]';
  const centre = `centres = [{ name = "补拍中心", address = "某路 1 号", hours = [{ days = ${week}, from = "08:00", to = "20:00" }], per-hour = 2 }]`;
  await settings(page, (text) => text.replace("centres = []", centre));

  // Delivered, and the receiver does not take the photo.
  const first = await deliver(page, 1, 1);
  await first.getByRole("button", { name: "标记为已报送" }).click();
  await confirm(page);
  await expect(first).toContainText("已报送");
  const volume = page.waitForEvent("download");
  await first.getByRole("link", { name: /\.zip$/ }).click();
  await (await volume).saveAs(join(folder, "volume.zip"));
  const list = Buffer.from("学号,审核结果\n20270000,头发遮挡眉毛\n");
  await first.locator("input[type=file]").setInputFiles({ name: "反馈.csv", mimeType: "text/csv", buffer: list });
  await expect(page.getByText("1 人需重新拍摄")).toBeVisible();
  await expect(first).toContainText("通知学生重新拍摄");
  await page.screenshot({ path: join(folder, "deliveries.png"), fullPage: true });
  await accessible(page, "deliveries");

  // The student reads why, and books an hour on the phone.
  const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "zh-CN" })).newPage();
  await signIn(phone, `${campaign}/20270000`);
  const makeUp = phone.locator(".make-up");
  await expect(makeUp).toContainText("报送后未通过");
  await expect(phone.locator("main")).toContainText("头发遮挡眉毛");
  await makeUp.locator("button.number").nth(1).click();
  await accessible(phone, "hours of a make-up centre");
  await makeUp.getByRole("button", { name: /^09:00/ }).click();
  await expect(makeUp).toContainText("已预约 补拍中心");
  await phone.screenshot({ path: join(folder, "make-up.png"), fullPage: true });
  await accessible(phone, "a booked hour");
  await page.goto(`/c/${campaign}/make-up`);
  await expect(page.locator(".el-table__row", { hasText: "20270000" })).toContainText("补拍中心");
  await page.screenshot({ path: join(folder, "make-up-list.png"), fullPage: true });
  await accessible(page, "the make-up list");

  // Taken again at the desk, with the same code.
  const camera = join(folder, "camera-2");
  execFileSync(binary, ["render", "--out", camera, "--count", "1", "--seed", "7"]);
  await page.goto(`/c/${campaign}/shots`);
  await page.getByRole("button", { name: "上传照片" }).click();
  await page.locator("input[name=photo]").setInputFiles(join(camera, readdirSync(camera).find((name) => name.endsWith(".jpg"))!));
  await page.locator("input[name=code_picture]").setInputFiles(join(folder, "card.png"));
  await page.getByRole("button", { name: "制作并检测" }).click();
  await expect(page.locator(".strip").getByText("待审核").first()).toBeVisible({ timeout: 30_000 });
  await page.locator("h1").first().click();
  await page.keyboard.press("a");
  await expect(page.locator(".strip").getByText("待审核")).toHaveCount(0);
  await deliver(page, 2, 1);

  // Proofreading opens; the student finds the name wrong and gives a proof.
  await settings(page, (text) => text.replace("after-days = 40", 'on = "2024-06-01"'));
  await phone.reload();
  const proof = phone.locator(".proofreading");
  await expect(proof).toContainText("请核对照片和信息");
  await expect(makeUp).toHaveCount(0);
  await proof.getByRole("button", { name: "信息有误" }).click();
  await proof.locator("#wrong-name").fill("林小雨");
  await proof.locator("#note").fill("身份证上是“小”");
  await proof.locator("#evidence").setInputFiles(join(folder, "card.png"));
  await phone.screenshot({ path: join(folder, "proofreading.png"), fullPage: true });
  await accessible(phone, "proofreading");
  await proof.getByRole("button", { name: "提交" }).click();
  await expect(proof).toContainText("待处理");
  await page.goto(`/c/${campaign}/proofs`);
  await page.getByRole("link", { name: "20270000" }).click();
  const drawer = page.locator(".el-drawer");
  await expect(drawer).toContainText("林晓雨");
  await drawer.locator("textarea").fill("已按证件更正");
  await page.screenshot({ path: join(folder, "dispute.png"), fullPage: true });
  await accessible(page, "a dispute");
  await drawer.getByRole("button", { name: "按上面的值更正" }).click();
  await expect(page.locator(".el-table__row", { hasText: "20270000" })).toContainText("已更正");

  // The corrected record is delivered again, and the student confirms.
  await deliver(page, 3, 1);
  await phone.reload();
  await expect(proof).toContainText("已按证件更正");
  await proof.getByRole("button", { name: "照片正确" }).click();
  await expect(proof).toContainText("你已确认照片正确");
});

test("a bill finds whose money it is, and what does not fit is settled by two persons", async ({ page }) => {
  await signIn(page, "registry");
  await expect(page.locator("header.top")).toBeVisible();
  await page.goto(`/c/${campaign}/fees`);
  const row = (number: string, who: string, note: string, sum: string) => `2024-04-10 12:00:00,二维码收款,${who},${note},收入,¥${sum},/,已存入零钱,${number},/,/`;
  const bill = ["微信支付账单明细,,", "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注",
    row("A1", "*雨", "20270000", "15.00"), row("A2", "*雨", "20270000", "15.00"), row("A3", "某某", "图像采集", "15.00"), ""].join("\n");
  await page.locator("input[type=file]").first().setInputFiles({ name: "账单.csv", mimeType: "text/csv", buffer: Buffer.from(bill) });
  await expect(page.getByRole("status")).toContainText("新增 3 笔（重复 0 笔不计），其中 2 笔对应到学生");
  await expect(page.locator(".el-table__row", { hasText: "重复缴费" }).first()).toContainText("20270000");
  await page.locator(".el-table__row", { hasText: "某某" }).getByRole("button", { name: "指定学生" }).click();
  await page.locator(".el-message-box input").fill("20270002");
  await confirm(page);
  await expect(page.getByText("无法确定缴费人")).toHaveCount(0);
  await page.locator(".el-table__row", { hasText: "重复缴费" }).first().getByRole("button", { name: "退费" }).click();
  await page.locator(".el-message-box input").fill("重复缴费");
  await accessible(page, "a refund");
  await confirm(page);
  await expect(page.getByText("等待他人审批")).toBeVisible();
  await page.screenshot({ path: join(folder, "fees.png"), fullPage: true });
  await accessible(page, "fees");
});

test("the notice, prints, faces and the end of a campaign have their pages", async ({ page }) => {
  await signIn(page, "registry");
  await expect(page.locator("header.top")).toBeVisible();
  await page.goto(`/c/${campaign}/notice`);
  const fee = page.locator("article", { hasText: "费用" });
  await expect(fee).toContainText("每人 15.00 元");
  await fee.getByRole("button", { name: "改写" }).click();
  await fee.locator("textarea").fill("费用由学校承担。");
  await accessible(page, "a section that is rewritten");
  await fee.getByRole("button", { name: "保存" }).click();
  await expect(fee).toContainText("自行改写");
  const word = page.waitForEvent("download");
  await page.getByRole("button", { name: "下载 Word 通知" }).click();
  await (await word).saveAs(join(folder, "notice.docx"));
  await page.screenshot({ path: join(folder, "notice.png"), fullPage: true });
  await page.goto(`/c/${campaign}/prints`);
  await page.locator(".el-select").first().click();
  await page.getByRole("option", { name: "计算机学院" }).click();
  await page.locator(".el-table__row", { hasText: "20270000" }).locator(".el-checkbox").click();
  await page.getByRole("button", { name: /^已冲印/ }).click();
  await expect(page.locator(".el-table__row", { hasText: "20270000" })).toContainText("已冲印");
  await page.screenshot({ path: join(folder, "prints.png"), fullPage: true });
  await accessible(page, "prints");
  await page.goto(`/c/${campaign}/faces`);
  await expect(page.getByText("本次采集没有启用")).toBeVisible();
  await page.goto(`/c/${campaign}/closing`);
  await expect(page.getByText("没有已采用的照片")).toBeVisible();
  await expect(page.getByText("活动结束后开始计算保存期")).toBeVisible();
  await page.screenshot({ path: join(folder, "closing.png"), fullPage: true });
});
