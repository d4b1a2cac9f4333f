// The day of shooting in the portal: a class's roll on a phone, its call to a station, and the big screen that shows it.
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { accessible } from "./accessible";

const folder = process.env.XUEYING_E2E!;
const campaign = "xd-2027";
const password = "a password of the tests";

test("a roll is called on a phone, the class is called to its station, and the screen shows it by itself", async ({ browser, page }) => {
  test.setTimeout(120_000);
  await page.goto("/sign-in");
  await page.fill("#login", "registry");
  await page.fill("#password", password);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.locator("header.top")).toBeVisible();
  await page.goto(`/c/${campaign}/day`);
  // Of the first class one has a photo already, and one is still to come.
  const cohort = "班1";
  const line = page.locator(".queue li", { hasText: cohort });
  await expect(line).toContainText("集合中");

  // The same account on a phone: a thumb is enough.
  const phone = await (await browser.newContext({ storageState: await page.context().storageState(), viewport: { width: 390, height: 844 }, locale: "zh-CN" })).newPage();
  await phone.goto(`/c/${campaign}/day`);
  await phone.locator(".queue .class", { hasText: cohort }).click();
  const students = phone.locator(".roll li");
  await expect(students).toHaveCount(2);
  const waited = students.filter({ hasNotText: "已拍摄" });
  await expect(phone.getByRole("button", { name: "本班到齐" })).toBeDisabled();
  await expect(phone.getByRole("button", { name: "缺员放行" })).toBeDisabled();
  await waited.getByRole("button", { name: "缺席" }).click();
  await expect(waited).toContainText("未到");
  await waited.getByRole("button", { name: "缺席" }).click();
  await waited.getByRole("button", { name: "迟到" }).click();
  await expect(waited.locator(".verdict")).toHaveText("迟到");
  await phone.screenshot({ path: join(folder, "roll.png"), fullPage: true });
  await accessible(phone, "a roll on a phone");
  await phone.getByRole("button", { name: "缺员放行" }).click();
  await expect(phone.locator(".roll .sum")).toContainText("缺员放行");

  const screen = await page.context().newPage();
  await screen.setViewportSize({ width: 1920, height: 1080 });
  await screen.goto(`/screen/${campaign}`);
  await expect(screen.locator("article.now.none").first()).toBeVisible();
  await expect(line).toContainText("缺员放行");
  await line.getByRole("button", { name: "叫号" }).click();
  await expect(screen.locator("article.now:not(.none)")).toContainText(cohort, { timeout: 5_000 });
  await page.screenshot({ path: join(folder, "day.png"), fullPage: true });
  await screen.screenshot({ path: join(folder, "screen.png") });
  await accessible(screen, "the big screen");

  // It is not done while somebody has neither a photo nor a word on why there will be none.
  await phone.getByRole("button", { name: "本班完成" }).click();
  await phone.locator(".el-message-box").getByRole("button", { name: "确定" }).click();
  await expect(phone.locator(".el-message")).toContainText("还有学生没有交代");
});
