/** Debian's Chromium, driven by playwright-core. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** How people look at the pages: the two themes on a laptop, and a phone. */
export const looks: Record<string, BrowserContextOptions> = {
  light: { viewport: { width: 1366, height: 768 }, colorScheme: "light" },
  dark: { viewport: { width: 1366, height: 768 }, colorScheme: "dark" },
  phone: {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    colorScheme: "light",
    hasTouch: true,
    isMobile: true,
  },
};

const screenshots = join(import.meta.dirname, "screenshots");

/** The whole page; charts are drawn once they come near the screen, so it is scrolled through first. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const height = await page.evaluate<number>("document.documentElement.scrollHeight");
  for (let y = 0; y < height; y += 500) {
    await page.evaluate(`window.scrollTo(0, ${y})`);
    await page.waitForTimeout(50);
  }
  // No `waitForFunction`: asking a second time is `eval`, which the pages' policy refuses.
  await page.locator(".chart-skeleton").first().waitFor({ state: "detached" });
  await page.evaluate("window.scrollTo(0, 0)");
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
