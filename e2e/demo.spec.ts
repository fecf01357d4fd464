import AxeBuilder from "@axe-core/playwright";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary, expect, test as base } from "./heed.ts";

/** A demo that runs, with its history. */
const test = base.extend<object, { demo: string }>({
  demo: [
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), "heed-demo-"));
      const demo: ChildProcess = spawn(binary, ["demo", "--data", join(dir, "data"), "--listen", "127.0.0.1:0", "--days", "3"]);
      const address = await new Promise<string>((ready) => {
        let printed = "";
        demo.stdout!.on("data", (text) => {
          printed += text;
          const url = /(http:\S+)\/demo\n/.exec(printed)?.[1];
          if (url) ready(url);
        });
      });
      await use(address + "/demo");
      await new Promise((done) => demo.on("exit", done) && demo.kill());
      rmSync(dir, { recursive: true });
    },
    { scope: "worker", timeout: 30_000 },
  ],
});

test("the first click is stored and shown", async ({ page, demo }) => {
  const problems: string[] = [];
  page.on("console", (message) => message.type() == "error" && problems.push(message.text()));
  await page.goto(demo);
  await page.getByRole("button", { name: "When does the shop in Lyon open on Sundays?" }).click();
  await expect(page.getByText("The shop in Lyon opens at 7")).toBeVisible();
  await page.getByRole("button", { name: "Bad answer" }).click();
  const stored = page.getByRole("listitem").first();
  await expect(stored.getByText("Bad answer")).toBeVisible();
  await page.getByLabel("Anything to add?").fill("Write to ada@example.com");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("listitem").first().getByText("Write to [EMAIL_1]")).toBeVisible();
  await expect(page.getByText("It is closed on Sundays.")).toBeVisible();
  expect(problems.filter((text) => !text.includes("favicon"))).toEqual([]);
});

test("an answer that breaks off is told as one", async ({ page, demo }) => {
  await page.goto(demo);
  await page.getByLabel("Your question").fill("Where is my order?");
  await page.keyboard.press("Enter");
  await expect(page.getByText("the answer was cut off")).toBeVisible();
  await page.getByRole("button", { name: "Bad answer" }).click();
  await page.getByRole("button", { name: "Slow, error or stuck" }).click();
  await expect(page.getByRole("listitem").first().getByText("broken")).toBeVisible();
  await expect(page.getByRole("listitem").first().getByText("stream_interrupted")).toBeVisible();
});

test("axe finds nothing in the demo", async ({ page, demo }) => {
  await page.goto(demo);
  await page.getByRole("button", { name: "How do I send a parcel back?" }).click();
  await page.getByRole("button", { name: "Good answer" }).click();
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await expect(page.getByText("after the parcel arrives.")).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  }
});
