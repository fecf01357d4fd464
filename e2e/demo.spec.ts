import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FrameLocator, Page } from "@playwright/test";
import { axe, binary, expect, test as base } from "./heed.ts";

/** A demo that runs, with its history. */
const test = base.extend<object, { demo: string }>({
  demo: [
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), "heed-demo-"));
      const demo: ChildProcess = spawn(binary, ["demo", "--data", join(dir, "data"), "--listen", "127.0.0.1:0", "--days", "20"]);
      const address = await new Promise<string>((ready, fail) => {
        let printed = "";
        demo.stdout!.on("data", (text) => {
          printed += text;
          const url = /(http:\S+)\/demo\n/.exec(printed)?.[1];
          if (url && printed.includes("Ctrl-C stops.")) ready(url);
        });
        demo.on("exit", () => fail(new Error(printed)));
      });
      await use(address);
      await new Promise((done) => demo.on("exit", done) && demo.kill());
      rmSync(dir, { recursive: true });
    },
    { scope: "worker", timeout: 240_000 },
  ],
});

/** The console beside the chat. */
const live = (page: Page): FrameLocator => page.frameLocator("iframe");

/** Collects what the page complains of. */
function complaints(page: Page): string[] {
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  return problems;
}

test("the first click is stored, and seen live", async ({ page, demo }) => {
  const problems = complaints(page);
  await page.goto(demo + "/demo");
  await expect(live(page).getByText("Listening.")).toBeVisible();
  await page.getByRole("button", { name: "When does the shop in Lyon open on Sundays?" }).click();
  await expect(page.getByText("The shop in Lyon opens at 7")).toBeVisible();
  await page.getByRole("button", { name: "Bad answer" }).click();
  const seen = live(page).getByRole("listitem").filter({ hasText: "Bad" }).first();
  await expect(seen.getByText("As stored")).toBeVisible();
  await page.getByLabel("Anything to add?").fill("Write to ada@example.com");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(seen.getByRole("blockquote").getByText("Write to [EMAIL_1]")).toBeVisible();
  await expect(page.locator(".answer", { hasText: "It is closed on Sundays." })).toBeVisible();
  expect(problems).toEqual([]);
});

test("an answer that breaks off is told as one", async ({ page, demo }) => {
  await page.goto(demo + "/demo");
  await page.getByLabel("Your question").fill("Where is my order?");
  await page.keyboard.press("Enter");
  await expect(page.getByText("the answer was cut off")).toBeVisible();
  await page.getByRole("button", { name: "Bad answer" }).click();
  await page.getByRole("button", { name: "Slow, error or stuck" }).click();
  await expect(live(page).getByRole("listitem").filter({ hasText: "Slow, error or stuck" }).first()).toBeVisible();
  await expect(live(page).getByRole("listitem").filter({ hasText: "Stream interrupted" }).first()).toBeVisible();
});

test("the overview says what is true, and every number opens its evidence", async ({ page, demo }) => {
  const problems = complaints(page);
  await page.goto(demo + "/demo/console");
  await expect(page).toHaveURL(/\/overview/);
  const sentence = page.getByText(/^People rated/);
  await expect(sentence).toContainText(/of votes were positive, between \d+ and \d+\s%/);
  await page.getByRole("link", { name: /%$/ }).first().click();
  await expect(page).toHaveURL(/\/feedback/);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Positive share of votes" })).toBeVisible();
  await page.getByRole("button", { name: "Table" }).first().click();
  await expect(page.getByRole("columnheader", { name: "Votes" })).toBeVisible();
  await page.getByRole("button", { name: "+ filter" }).click();
  await page.getByRole("button", { name: "feature" }).click();
  await page.getByRole("button", { name: /support-chat/ }).click();
  await expect(page).toHaveURL(/feature=support-chat/);
  await page.reload(); // the address is the state
  await expect(page.getByRole("button", { name: /feature: support-chat/ })).toBeVisible();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Name of this view").fill("Support");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /feature: support-chat/ }).click();
  await expect(page).not.toHaveURL(/feature=/);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill("support");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/feature=support-chat/);
  expect(problems).toEqual([]);
});

test("lists move by keyboard and show an answer's story", async ({ page, demo }) => {
  await page.goto(demo + "/demo/console");
  await expect(page.getByText(/^People rated/)).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page).toHaveURL(/\/feedback/);
  await expect(page.getByRole("list", { name: "Feedback, newest first" }).getByRole("listitem").first()).toBeVisible();
  await page.keyboard.press("j");
  const item = page.getByRole("article", { name: "Feedback" });
  await expect(item.getByText("The answer")).toBeVisible();
  const first = page.url();
  await page.keyboard.press("j");
  await expect(page).not.toHaveURL(first);
  await page.keyboard.press("k");
  await expect(page).toHaveURL(first);
  await page.keyboard.press("Escape");
  await expect(item).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Find" }).fill("explore");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/explore/);
  await expect(page.getByText(/positive share is highest|has enough to compare/)).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});

test("a list of thousands stays short in the page", async ({ page, demo }) => {
  await page.goto(demo + "/demo/console");
  await page.getByRole("link", { name: "Responses", exact: true }).click();
  const list = page.getByRole("list", { name: "Answers, newest first" });
  await expect(list.getByRole("listitem").first()).toBeVisible();
  const before = await list.getByRole("listitem").first().textContent();
  // Each time that it is scrolled to its end, more is asked for.
  await expect.poll(() => list.evaluate((box) => (box.scrollTop = box.scrollHeight) && box.scrollHeight)).toBeGreaterThan(2000 * 38);
  expect(await list.getByRole("listitem").count()).toBeLessThan(80);
  expect(await list.getByRole("listitem").first().textContent()).not.toBe(before);
});

test("the tour walks the loop, also over a reload, and ends", async ({ page, demo }) => {
  const problems = complaints(page);
  await page.goto(demo + "/demo/console?to=tour");
  const tour = page.getByRole("complementary", { name: "Tour" });
  await expect(tour).toContainText("What is true");
  expect(page.url()).toBe(demo + "/overview");
  await expect(page.locator(".say.toured")).toBeVisible();
  const stops = Number(/1 of (\d+)/.exec(await tour.innerText())![1]);
  expect(stops).toBeGreaterThan(6);
  for (let n = 2; n <= stops; n++) {
    await tour.getByRole("button", { name: "Next" }).click();
    await expect(tour).toContainText(`${n} of ${stops}`);
    if (n === 3) await page.reload();
  }
  await expect(tour.getByRole("button", { name: "End the tour" })).toHaveCount(0);
  const { violations } = await (await axe(page)).include(".tour").analyze();
  expect(violations).toEqual([]);
  await tour.getByRole("button", { name: "Done" }).click();
  await expect(tour).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("navigation", { name: "Places" })).toBeVisible();
  await expect(tour).toHaveCount(0);
  await page.getByRole("button", { name: "Tour" }).click();
  await expect(tour).toContainText("What is true");
  expect(problems).toEqual([]);
});

for (const path of ["/demo", "/overview", "/live", "/explore", "/responses", "/feedback", "/settings/origins", "/settings/keys", "/settings/snippets", "/settings/forms", "/settings/content", "/settings/members", "/audit"]) {
  test(`axe finds nothing in ${path}`, async ({ page, demo }) => {
    await page.goto(demo + "/demo/console?to=live");
    await page.goto(demo + path);
    await expect(page.getByRole("main").first()).toBeVisible();
    await page.waitForLoadState("load");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await (await axe(page)).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.slice(0, 4).map((node) => node.html)])).toEqual([]);
    }
  });
}
