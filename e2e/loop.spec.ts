import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { binary, enter, expect, Heed, Site, script, test as base, thumb } from "./heed.ts";

/** A channel of Slack, as its incoming webhook is: takes JSON with a text, and says ok. */
class Channel {
  readonly said: string[] = [];
  #server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part)).on("end", () => {
      const { text } = JSON.parse(body) as { text?: string };
      if (request.headers["content-type"]?.startsWith("application/json") && text) this.said.push(body);
      response.writeHead(text ? 200 : 400).end(text ? "ok" : "no_text");
    });
  });
  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/services/T1/B1/secret`;
  }
  stop = () => new Promise((done) => { this.#server.closeAllConnections(); this.#server.close(done); });
}

const test = base.extend<{ own: Heed; shop: Site; slack: Channel }>({
  shop: async ({}, use) => {
    const site = new Site();
    await site.listen();
    await use(site);
    site.close();
  },
  own: async ({ shop }, use) => {
    const heed = new Heed();
    heed.createProject("shop", [shop.origin]);
    heed.updateProject("shop", "--content", "redacted");
    await heed.start({ HEED_OUTBOUND_ALLOW_PRIVATE: "true" });
    await use(heed);
    await heed.stop();
    heed.remove();
  },
  slack: async ({}, use) => {
    const channel = new Channel();
    await use(channel);
    await channel.stop();
  },
});

let votes = 0;

/** So many votes on answers of a prompt version, some of them bad and made up. */
const cast = (bad: number, all: number, version: string, ago: number) => Array.from({ length: all }, (_, i) => {
  const id = `${version}-${++votes}`;
  const time = new Date(Date.now() - ago).toISOString();
  return [
    { type: "response", response_id: `r-${id}`, time, feature: "hours", prompt_version: version, user: `u-${id}`, input: "When do you open?", output: "At six, always." },
    { type: "feedback", id, response_id: `r-${id}`, time, user: `u-${id}`, vote: i < bad ? "down" : "up", ...(i < bad && { tags: ["incorrect"], correction: "At nine." }) },
  ];
}).flat();

/** A command of somebody's terminal. */
const heed = (own: Heed, ...args: string[]): string =>
  execFileSync(binary, args, { encoding: "utf8", env: { ...process.env, HEED_URL: own.url, HEED_KEY: own.keys.secret_key } });

const place = (page: Page, name: string | RegExp) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name }).click();

test("what people say comes to a fix that is proven, and back to them", async ({ page, browser, own, shop, slack }) => {
  const address = await slack.start();
  heed(own, "endpoint", "create", "#ai-quality", "--kind", "slack", "--to", address, "--events", "finding.moved,review.*");

  // Bad answers arrive, one of them from a page.
  await own.events(...cast(60, 119, "v13", 24 * 3_600_000));
  await own.events({ type: "response", response_id: "r-page", feature: "hours", prompt_version: "v13" });
  const visitor = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await visitor.goto(shop.page(`<p>We open at six.</p><heed-feedback response-id="r-page"></heed-feedback>`, { head: script(own) }));
  await thumb(visitor, "Bad answer").click();
  await visitor.getByRole("button", { name: "Wrong or made up" }).click();
  await visitor.getByLabel("Anything to add?").fill("You were closed. I am jo@example.com");
  await visitor.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(() => own.feedback("r-page")).toMatchObject([{ vote: "down", tags: ["incorrect"], comment: "You were closed. I am [EMAIL_1]" }]);

  // They stand in the inbox, and become a finding, which takes in the others too.
  await enter(page, own, "ada", "reviewer");
  await own.wantsEyes(61);
  await place(page, /^Inbox/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("61 pieces of feedback want eyes");
  await page.goto(own.url + "/feedback?tag=incorrect&feature=hours");
  await expect(page.getByRole("heading", { name: /61 bad votes/ })).toBeVisible();
  await page.getByRole("button", { name: /^Make a finding/ }).first().click();
  await page.getByLabel("What is wrong").fill("Opening hours are made up");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("51 % of 120 votes");
  const finding = page.url();
  await page.getByLabel("One sentence for the people who spoke").fill("Opening hours come from the branch now.");
  await page.getByRole("button", { name: "Tell them", exact: true }).click();
  await page.getByRole("button", { name: "Link one" }).click();
  await page.getByLabel("What is to fix it").selectOption("release");
  await page.getByLabel(/^Which/).fill("2026.4");
  await page.getByRole("button", { name: "Link it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("It waits for Release 2026.4");
  await own.wantsEyes(0);
  await place(page, /^Inbox/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Nothing wants eyes");

  // The release marks it by itself, and votes prove it.
  heed(own, "mark", "release", "2026.4");
  await page.goto(finding);
  await expect(page.getByRole("heading", { name: "Fixed", exact: true })).toBeVisible();
  await own.events(...cast(4, 120, "v14", 0));
  await expect(page.getByRole("heading", { name: "Verified", exact: true })).toBeVisible();

  // Whoever told it sees what became of it.
  await visitor.reload();
  await expect(visitor.getByRole("status").filter({ hasText: "You told us" })).toHaveText("You told us about an answer. It is fixed in \u20682026.4\u2069.Opening hours come from the branch now.OK");

  // The review says so, and is closed with a decision; the channel has heard.
  await place(page, "Reviews");
  await page.getByRole("button", { name: "Open one now" }).click();
  const review = page.getByRole("article", { name: "Review" });
  await expect(review).toContainText("Opening hours are made up");
  await review.getByRole("button", { name: "Take a decision" }).click();
  await review.getByLabel("What we decide").fill("Keep hours out of the prompt");
  await review.getByLabel("Who").selectOption("ada");
  await review.getByLabel("By when").fill(new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10));
  await review.getByRole("button", { name: "Decide it" }).click();
  await expect(review.getByRole("region", { name: "Decisions" }).getByRole("row", { name: /Keep hours out/ })).toBeVisible();
  await review.getByRole("button", { name: "Close this review" }).click();
  await review.getByRole("button", { name: "Close the review" }).click();
  await expect(review.getByText("closed on", { exact: false })).toBeVisible();
  const heard = (...texts: string[]) => expect.poll(() => slack.said.some((body) => texts.every((text) => body.includes(text))), { message: texts.join(", ") }).toBe(true);
  await heard("Finding verified: Opening hours are made up");
  await heard("Review 1 of shop", "helped");
  await heard("Review 1 of shop", ": closed", "1 decision");
  expect(slack.said.join()).not.toContain("closed. I am");

  // What was wrong becomes data to do better by.
  await page.goto(own.url + "/feedback?vote=down&tag=incorrect");
  const given = await page.getByRole("list", { name: "Feedback, newest first" }).getByRole("listitem").nth(2).getByRole("link").first().getAttribute("href");
  await page.goto(own.url + given!);
  await page.getByRole("button", { name: "Use for training" }).click();
  await expect(page.getByText("with its texts")).toBeVisible();
  await place(page, "Datasets");
  await page.getByRole("button", { name: "Make a dataset" }).click();
  await page.getByLabel("Name").fill("Hours");
  await page.getByRole("radio", { name: "Training" }).check();
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByRole("button", { name: "Build a version" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Version 1 has 1 item of 1 person");
  const folder = mkdtempSync(join(tmpdir(), "heed-loop-"));
  heed(own, "dataset", "export", new URL(page.url()).pathname.split("/").pop()!, "--out", folder, "--format", "dpo");
  const file = readdirSync(folder, { recursive: true, encoding: "utf8" }).find((name) => name.includes("dpo") && name.endsWith(".jsonl"));
  expect(JSON.parse(readFileSync(join(folder, file!), "utf8"))).toMatchObject({
    prompt: [{ role: "user", content: "When do you open?" }], chosen: [{ role: "assistant", content: "At nine." }], rejected: [{ role: "assistant", content: "At six, always." }],
  });
  rmSync(folder, { recursive: true });
});
