// What every page is held to: WCAG 2.1 A and AA by axe, headings in order, files that can be chosen with the keyboard,
// and nothing cut or out of reach, at the window's width and at 200 %.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type { AxeResults, RunOptions } from "axe-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const OPTIONS: RunOptions = {
  runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] },
  // Not of WCAG's letter; what a screen reader's user jumps by.
  rules: { "heading-order": { enabled: true }, "page-has-heading-one": { enabled: true }, "empty-heading": { enabled: true }, "landmark-one-main": { enabled: true } },
  resultTypes: ["violations"],
};
/** What was wide enough and now scrolls within itself does so with the keyboard too. */
const SCROLLS: RunOptions = { runOnly: { type: "rule", values: ["scrollable-region-focusable"] }, resultTypes: ["violations"] };

/** Waits until nothing moves, loads or fades: a colour half-way has no contrast of its own. */
async function still(page: Page): Promise<void> {
  await expect(page.locator(".el-loading-mask:visible")).toHaveCount(0);
  await page.evaluate(async () => {
    const ends = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime));
    await Promise.all(ends.map((one) => one.finished.catch(() => undefined)));
    await document.fonts.ready;
  });
}

/** What axe finds, a line for each element. */
export async function violations(page: Page, options = OPTIONS): Promise<string[]> {
  await still(page);
  await page.evaluate(axe);
  const found = await page.evaluate(async (options) => (window as unknown as { axe: { run(of: Document, options: unknown): Promise<AxeResults> } }).axe.run(document, options), options as never);
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id} at ${node.target.join(" ")}: ${node.failureSummary?.split("\n").slice(1).map((line) => line.trim()).join("; ")}\n    ${node.html.slice(0, 200)}`));
}

/** Texts that are cut, things that can be used and not reached, and a page that scrolls sideways. */
export async function unreachable(page: Page): Promise<string[]> {
  await still(page);
  return page.evaluate(() => {
    const found = new Set<string>();
    const root = document.documentElement;
    const SLACK = 2;
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1).slice(0, 3);
      found.add(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}: ${wide.map((one) => `${one.tagName.toLowerCase()}.${one.className}`).join(", ")}`);
    }
    const place = (one: Element) => `${one.tagName.toLowerCase()}.${String((one as HTMLElement).className).trim().replaceAll(" ", ".")}`;
    const seen = (one: Element) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    /** For a screen reader alone, on purpose. */
    const isOnlyHeard = (one: Element) => one.closest(".el-table__header-wrapper .hidden-columns, .heard") !== null || ((one as HTMLElement).offsetWidth <= 1 && (one as HTMLElement).offsetHeight <= 1);
    /** Whether the whole text is told where the shown one ends in dots. */
    const isTold = (one: Element, above: Element) => one.closest("[title]")?.getAttribute("title")?.includes(one.textContent!.trim()) || (getComputedStyle(above).textOverflow === "ellipsis" && one.closest(".el-tooltip") !== null);
    const words = (one: Element) => (one.textContent ?? "").trim().slice(0, 40);

    /** Where something is hidden by what stands around it, or lies where no scrolling leads. */
    function cut(of: Element, box: DOMRect, whole: boolean): string | undefined {
      let { left, right, top, bottom } = box;
      for (let above: Element | null = of; above && above !== document.body; above = above.parentElement) {
        const style = getComputedStyle(above);
        if (above === of && !whole) continue;
        const edge = above.getBoundingClientRect();
        // A table's head moves with its body, which scrolls within itself.
        const isMoved = above.matches(".el-table__header-wrapper");
        const scrolls = (overflow: string) => isMoved || overflow === "auto" || overflow === "scroll";
        const hides = (overflow: string) => !isMoved && (overflow === "hidden" || overflow === "clip");
        const [inner_left, inner_top] = [edge.left + above.clientLeft, edge.top + above.clientTop];
        const [inner_right, inner_bottom] = [inner_left + above.clientWidth, inner_top + above.clientHeight];
        if (style.display !== "inline") {
          if (hides(style.overflowX) && (left < inner_left - SLACK || right > inner_right + SLACK) && !isTold(of, above)) return `cut sideways by ${place(above)}`;
          if (hides(style.overflowY) && (top < inner_top - SLACK || bottom > inner_bottom + SLACK) && !isTold(of, above)) return `cut in height by ${place(above)}`;
          if (scrolls(style.overflowX)) [left, right] = [Math.max(left, inner_left), Math.min(Math.max(right, inner_left), inner_right)];
          if (scrolls(style.overflowY)) [top, bottom] = [Math.max(top, inner_top), Math.min(Math.max(bottom, inner_top), inner_bottom)];
        }
        if (style.position === "fixed") {
          const beyond = left < -SLACK || right > innerWidth + SLACK || top < -SLACK || bottom > innerHeight + SLACK;
          return beyond ? "fixed and outside of the window" : undefined;
        }
      }
      if (left + scrollX < -SLACK || top + scrollY < -SLACK) return "where no scrolling leads";
      return undefined;
    }

    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const one = node.parentElement!;
      if (!node.textContent?.trim() || one.closest("script, style, option, textarea, noscript, svg") || !seen(one) || isOnlyHeard(one)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      const why = box.width > 0 && cut(one, box, true);
      if (why) found.add(`“${words(one)}” (${place(one)}) is ${why}`);
    }
    const pen = document.createElement("canvas").getContext("2d")!;
    for (const one of document.body.querySelectorAll<HTMLInputElement>("input[placeholder]")) {
      const style = getComputedStyle(one);
      pen.font = style.font;
      const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      if (one.placeholder && !one.value && seen(one) && pen.measureText(one.placeholder).width > room + SLACK) found.add(`“${one.placeholder}” (${place(one)}) is longer than its field`);
    }
    for (const one of document.body.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])")) {
      if (one.matches("input[type=file]")) {
        // Hidden behind a label it can be clicked, and never reached with the keyboard.
        if (!one.checkVisibility({ visibilityProperty: true }) && one.closest("label")?.checkVisibility()) found.add(`“${words(one.closest("label")!)}” chooses a file with the mouse alone`);
        continue;
      }
      if (!seen(one) || isOnlyHeard(one)) continue;
      const why = cut(one, one.getBoundingClientRect(), false);
      if (why) found.add(`${place(one)} “${words(one) || one.getAttribute("aria-label") || ""}” is ${why}`);
    }
    return [...found];
  });
}

/** The same window, zoomed to 200 %. */
async function zoomed<T>(page: Page, work: () => Promise<T>): Promise<T> {
  const { width, height } = page.viewportSize()!;
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setDeviceMetricsOverride", { width: Math.round(width / 2), height: Math.round(height / 2), deviceScaleFactor: 2, mobile: false });
  try {
    await page.waitForFunction((width) => innerWidth === width, Math.round(width / 2));
    // What measures itself, such as a chart, does so a moment later.
    await page.waitForTimeout(150);
    return await work();
  } finally {
    await page.setViewportSize({ width, height });
    await session.detach();
  }
}

/** Holds the page, as it now stands, to all of it; a phone's page is not zoomed, it is as narrow already. */
export async function accessible(page: Page, name: string): Promise<void> {
  const said = (kind: string) => (line: string) => `${name} ${kind}: ${line}`;
  const faults = [...(await violations(page)), ...(await unreachable(page)).map(said("as it stands"))];
  if (page.viewportSize()!.width >= 1000) faults.push(...(await zoomed(page, async () => [...(await unreachable(page)), ...(await violations(page, SCROLLS))])).map(said("at 200 %")));
  expect.soft(faults, name).toEqual([]);
}
