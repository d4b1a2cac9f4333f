// Every page as the others left it, in both languages: for those who see little, use no mouse, or need it large.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Browser, type Page } from "@playwright/test";
import { accessible } from "./accessible";

const folder = process.env.XUEYING_E2E!;
const campaign = "xd-2027";
const password = "a password of the tests";
const languages = ["zh-CN", "en"] as const;
type Language = (typeof languages)[number];
const pages = ["", "settings", "roster", "students", "timetable", "codes", "notice", "day", "shots", "stations", "make-up", "fees", "deliveries", "proofs", "prints", "faces", "closing", "log"];

/** Somebody's window, in a language. */
async function window(browser: Browser, language: Language, viewport: { width: number; height: number }, login?: string): Promise<Page> {
  const page = await (await browser.newContext({ viewport, locale: language })).newPage();
  await page.addInitScript((language) => localStorage.setItem("language", language), language);
  if (login) {
    await page.goto("/sign-in");
    await page.fill("#login", login);
    await page.fill("#password", password);
    await page.locator("form button").click();
    await expect(page).not.toHaveURL(/sign-in/);
  }
  return page;
}
const office = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };

/** Goes to a page and waits until it stands. */
async function at(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator("h1").first()).toBeVisible();
  await expect(page.locator(".panel, .plain, .screen").first()).toBeVisible();
  await page.waitForTimeout(400);
  const { width } = page.viewportSize()!;
  await page.screenshot({ path: join(folder, "pages", `${path.replace(/^\//, "").replaceAll(/[/?=]/g, "-") || "start"}.${await page.locator("html").getAttribute("lang")}.${width}.png`), fullPage: true });
}

test("faces are compared, so that their page is filled", async ({ browser }) => {
  const page = await window(browser, "zh-CN", office, "registry");
  await at(page, `/c/${campaign}/settings`);
  const text = page.locator("textarea");
  await expect(text).not.toHaveValue("");
  const before = await text.inputValue();
  if (!before.includes("photo.reference")) {
    await text.fill(`${before}\n[photo.reference]\nsame-below = 0.45\ndifferent-above = 0.6\n`);
    await page.getByRole("button", { name: "保存" }).click();
    await expect(page.getByText("设置已保存")).toBeVisible();
  }
  const own = await window(browser, "zh-CN", phone, `${campaign}/20270000`);
  const agree = own.getByRole("button", { name: "同意", exact: true });
  await expect(own.locator("#selfie").or(agree)).toBeVisible();
  if (await agree.count()) await agree.click();
  const camera = join(folder, "camera");
  await own.locator("#selfie").setInputFiles(join(camera, readdirSync(camera).find((name) => name.endsWith(".jpg"))!));
  await expect(own.getByText("已作为参照")).toBeVisible({ timeout: 20_000 });
  await at(page, `/c/${campaign}/faces`);
  await page.getByRole("button", { name: "开始比对" }).click();
  await expect(page.getByText("误差率")).toBeVisible({ timeout: 30_000 });
});

for (const language of languages) {
  test(`the pages of the offices can be used by everybody, ${language}`, async ({ browser }) => {
    test.setTimeout(300_000);
    const page = await window(browser, language, office, "registry");
    for (const path of ["/", "/accounts", "/walk-ins", "/password", ...pages.map((name) => `/c/${campaign}/${name}`.replace(/\/$/, ""))]) {
      await at(page, path);
      await accessible(page, `${path} ${language}`);
    }
  });

  test(`what opens over the pages of the offices can be used by everybody, ${language}`, async ({ browser }) => {
    test.setTimeout(180_000);
    const page = await window(browser, language, office, "registry");
    const dialog = page.locator(".el-dialog:visible, .el-drawer:visible");
    for (const [path, button] of [["/", ".el-button--primary"], ["/accounts", ".el-button--primary"], [`/c/${campaign}/shots`, ".el-button--primary"]] as const) {
      await at(page, path);
      await page.locator("main").locator(button).first().click();
      await expect(dialog).toBeVisible();
      await accessible(page, `${path} with its dialog ${language}`);
    }
    await at(page, `/c/${campaign}/students`);
    await page.getByRole("link", { name: "20270000" }).click();
    await expect(dialog.locator(".el-timeline-item").first()).toBeVisible();
    await accessible(page, `a student ${language}`);
    await at(page, `/c/${campaign}/shots`);
    await page.locator(".el-radio-button").last().click();
    await expect(page.locator(".contact-sheet figure").first()).toBeVisible();
    await accessible(page, `a class on a sheet ${language}`);
    await at(page, `/c/${campaign}/timetable`);
    await page.locator(".gantt .class").first().click();
    await page.locator(".mending summary").click();
    await accessible(page, `a class of the timetable ${language}`);
  });

  test(`the pages on a phone and the big screen can be used by everybody, ${language}`, async ({ browser }) => {
    test.setTimeout(180_000);
    const out = await window(browser, language, phone);
    const own = await window(browser, language, phone, `${campaign}/20270000`);
    const helper = await window(browser, language, phone, "registry");
    for (const [page, paths] of [[out, ["/sign-in", "/activate", "/check"]], [own, ["/me", "/capture", "/password"]], [helper, ["/", `/c/${campaign}`, `/c/${campaign}/day`, `/c/${campaign}/students`, `/c/${campaign}/shots`, `/c/${campaign}/timetable`]]] as const) {
      for (const path of paths) {
        await at(page, path);
        await accessible(page, `${path} on a phone ${language}`);
      }
    }
    await helper.goto(`/c/${campaign}/day`);
    await helper.locator(".queue .class").first().click();
    await expect(helper.locator(".roll li").first()).toBeVisible();
    await accessible(helper, `a roll ${language}`);
    const screen = await window(browser, language, { width: 1920, height: 1080 }, "registry");
    await at(screen, `/screen/${campaign}`);
    await accessible(screen, `the big screen ${language}`);
  });
}

test("a file is chosen and a letter's key turned off with the keyboard alone", async ({ browser }) => {
  const page = await window(browser, "zh-CN", office, "registry");
  await at(page, `/c/${campaign}/fees`);
  const chooser = page.waitForEvent("filechooser");
  await page.locator(".pick input").focus();
  await page.keyboard.press("Space");
  await chooser;
  await at(page, `/c/${campaign}/shots`);
  await expect(page).toHaveTitle(`照片 · ${campaign} · 学影`);
  await page.getByRole("checkbox", { name: "单个字母键生效" }).focus();
  await page.keyboard.press("Space");
  await page.locator("h1").first().click();
  await page.keyboard.press("r");
  await expect(page.locator(".el-message-box")).toHaveCount(0);
  await page.getByRole("checkbox", { name: "单个字母键生效" }).focus();
  await page.keyboard.press("Space");
  await page.locator("h1").first().click();
  await page.keyboard.press("r");
  await expect(page.locator(".el-message-box")).toBeVisible();
});
