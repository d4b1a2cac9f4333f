import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

/** The program: built by `cargo build` or `cargo test` before. */
export const binary = process.env.XUEYING_BINARY ?? "../target/debug/xueying";
/** What a photo agency runs, as `scripts/agency.sh` builds it; unless it is named, the school's program, which can do the same. */
export const agency = process.env.XUEYING_AGENCY ?? binary;
export const firstPassword = "first password of the tests";
const port = 8127;
// The configuration is read by every worker; the server's folder is made once.
process.env.XUEYING_E2E ??= mkdtempSync(join(tmpdir(), "xueying-e2e-"));
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

export default defineConfig({
  testDir: "e2e",
  timeout: 60_000,
  // A computer that compiles beside it takes its time.
  expect: { timeout: 15_000 },
  workers: 1,
  reporter: "list",
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    locale: "zh-CN",
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: chromium,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    },
  },
  webServer: {
    command: `${binary} serve --listen 127.0.0.1:${port} --data ${process.env.XUEYING_E2E}/data`,
    url: `http://127.0.0.1:${port}/readyz`,
    env: { XUEYING_FIRST_PASSWORD: firstPassword },
    timeout: 60_000,
  },
});
