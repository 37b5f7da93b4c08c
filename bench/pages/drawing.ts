/** How long the timeline takes to draw a frame in Chromium, while it is zoomed and panned with thousands of runs in view. */
import type { Micros } from "@culprit/protocol";
import { formatInstant } from "@culprit/protocol";
import { openBrowser } from "../../e2e/browser.ts";
import type { HubProcess } from "./hub-process.ts";
import { quantile } from "./quantile.ts";

const hour = 3_600_000_000;

export async function measureDrawing(hub: HubProcess, now: Micros): Promise<void> {
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({
      viewport: { width: 1366, height: 768 },
      extraHTTPHeaders: { authorization: `Bearer ${hub.token}` },
    });
    const page = await context.newPage();
    const view = new URLSearchParams({ from: formatInstant(now - 5 * hour), to: formatInstant(now) });
    await page.goto(`${hub.address}/timeline?${view.toString()}`);
    const canvas = page.locator("canvas").first();
    await canvas.waitFor();
    await page.waitForLoadState("networkidle");
    // Kept apart from the page's own list, which it empties now and then.
    const drawn = await page.evaluateHandle(() => {
      const frames: number[] = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntriesByName("timeline-draw")) frames.push(entry.duration);
      }).observe({ entryTypes: ["measure"] });
      return frames;
    });
    const box = (await canvas.boundingBox())!;
    const [x, y] = [box.x + box.width * 0.6, box.y + Math.min(200, box.height / 2)];
    await page.mouse.move(x, y);
    for (let turn = 0; turn < 40; turn++) {
      await page.keyboard.down("Control");
      await page.mouse.wheel(0, turn % 20 < 10 ? 60 : -60);
      await page.keyboard.up("Control");
      await page.waitForTimeout(30);
    }
    await page.mouse.down();
    for (let step = 0; step < 60; step++) await page.mouse.move(x + (step < 30 ? step : 60 - step) * 8, y);
    await page.mouse.up();
    const frames = await drawn.jsonValue();
    if (frames.length < 20) throw new Error(`the timeline drew ${frames.length} frames only`);
    const sentence = await page
      .locator(".page-sentence, h1 + p")
      .first()
      .textContent()
      .catch(() => "");
    console.log(`\ntimeline: ${sentence?.trim()}`);
    console.log("frames  p50 ms  p95 ms  max ms");
    console.log(
      String(frames.length).padStart(6) +
        [quantile(frames, 0.5), quantile(frames, 0.95), Math.max(...frames)]
          .map((one) => one.toFixed(2).padStart(8))
          .join(""),
    );
  } finally {
    await browser.close();
  }
}
