import { openBrowser, looks } from "./browser.ts";
import { adminPassword } from "./system.ts";
import { readFileSync } from "node:fs";
const { address } = JSON.parse(readFileSync("/tmp/dash/live.json", "utf8"));
const [, , lookNames = "light", locale = "en-GB", ...paths] = process.argv;
const browser = await openBrowser();
for (const look of lookNames.split(",")) {
  const context = await browser.newContext({ ...looks[look], locale });
  const page = await context.newPage();
  page.on("pageerror", (e) => console.log("ERROR", e.message));
  page.on("console", (e) => e.type() === "error" && console.log("CONSOLE", e.text()));
  await page.goto(address + "/sign-in");
  await page.locator('input[name="user"]').fill("admin");
  await page.locator('input[name="password"]').fill(adminPassword);
  await page.keyboard.press("Enter");
  await page.waitForURL((u) => u.pathname === "/");
  for (const p of paths) {
    await page.goto(address + p);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(400);
    const name = (p.replace(/\W+/g, "-").slice(0, 30) || "x") + "-" + look + "-" + locale;
    await page.screenshot({ path: `/tmp/dash/${name}.png`, fullPage: true });
    console.log(name, await page.evaluate("document.documentElement.scrollWidth + ' ' + window.innerWidth + ' h=' + document.documentElement.scrollHeight"));
  }
}
await browser.close();
