import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { axe, binary, enter, expect, ownTest as test, type Heed } from "./heed.ts";

/** Each test has a server of its own: what is frozen is all there is. */
const day = 86_400_000;
let votes = 0;

/** So many votes on answers of a prompt version of search, spread over days; some of them bad, with a tag. */
const cast = (bad: number, all: number, ago: number, version = "v13", tag = "incorrect") => Array.from({ length: all }, (_, i) => {
  const id = `v${++votes}`;
  const time = new Date(Date.now() - ago + (i % 5) * day).toISOString();
  return [
    { type: "response", response_id: `r-${id}`, time, feature: "search", prompt_version: version },
    { type: "feedback", id, response_id: `r-${id}`, time, user: `u-${id}`, vote: i < bad ? "down" : "up", ...(i < bad && { tags: [tag], comment: `No such shop, ${id}.` }) },
  ];
}).flat();

/** Two weeks of votes, of which the second got worse by a new prompt version. */
async function twoWeeks(heed: Heed): Promise<void> {
  await heed.events(...cast(12, 120, 13 * day));
  await heed.events(...cast(60, 120, 6 * day, "v14"), { type: "change", name: "prompt", value: "v14", time: new Date(Date.now() - 6 * day).toISOString() });
}

const reviews = (page: Page) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Reviews" }).click();
const paper = (page: Page) => page.getByRole("article", { name: "Review" });

async function open(page: Page): Promise<void> {
  await reviews(page);
  await page.getByRole("button", { name: "Open one now" }).click();
  await expect(paper(page)).toBeVisible();
}

test("a review is written, decided on and closed, and the next one begins with what became of it", async ({ page, own }) => {
  await twoWeeks(own);
  await enter(page, own, "ada", "reviewer");
  await reviews(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("No review has been written yet.");
  await page.getByRole("button", { name: "Open one now" }).click();
  const review = paper(page);
  await expect(review.getByRole("heading", { level: 1 })).toContainText("Review 1 of ours");
  await expect(review.getByRole("region", { name: "In short" })).toContainText("50 % of 120 votes were good");
  await expect(review.getByRole("region", { name: "In short" })).toContainText("fewer than in the period before");
  await expect(review.getByRole("region", { name: "What changed in the product" })).toContainText("Prompt v14");
  const problems = review.getByRole("region", { name: "New problems" });
  await expect(problems).toContainText("“Wrong or made up”, feature search, prompt version v14");
  await expect(problems).toContainText("none takes it in");
  await expect(review.getByRole("img", { name: "Good votes by day" })).toBeVisible();
  await expect(review.getByRole("region", { name: "Decisions" })).toContainText("Make a finding of");

  await review.getByRole("button", { name: "Write what it means about New problems" }).click();
  await review.getByLabel("What we say about New problems").fill("v14 made hours up, says jo@example.com. <b>Not</b> good.");
  await review.getByRole("button", { name: "Save" }).click();
  await expect(problems.getByText("v14 made hours up, says [EMAIL_1]. <b>Not</b> good.")).toBeVisible();

  await review.getByLabel("Led by").selectOption("ada");
  await expect(review.getByText("led by ada", { exact: false })).toBeVisible();
  await review.getByRole("button", { name: "Take a decision" }).click();
  await review.getByLabel("What we decide").fill("Test v15 on search");
  await review.getByLabel("Who").selectOption("ada");
  await review.getByLabel("By when").fill(new Date(Date.now() + 7 * day).toISOString().slice(0, 10));
  await review.getByRole("button", { name: "Decide it" }).click();
  await expect(review.getByRole("region", { name: "Decisions" }).getByRole("row", { name: /Test v15 on search ada, by/ })).toBeVisible();
  await review.getByRole("button", { name: "Take a decision" }).click();
  await review.getByLabel("What we decide").fill("Opening hours are made up");
  await review.getByLabel("Which is").selectOption("a new finding");
  await review.getByRole("button", { name: "Decide it" }).click();
  await expect(review.getByRole("link", { name: "the finding" })).toBeVisible();
  const { violations } = await (await axe(page)).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  await review.getByRole("button", { name: "Close this review" }).click();
  await review.getByRole("button", { name: "Close the review" }).click();
  await expect(review.getByText("closed on", { exact: false })).toBeVisible();
  await expect(review.getByRole("button", { name: /Write|Change what we say|Take a decision|Close/ })).toHaveCount(0);

  await own.events(...cast(6, 60, 4 * day, "v15"));
  await reviews(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Every review is closed.");
  await page.getByRole("button", { name: "Open one now" }).click();
  await expect(review.getByRole("heading", { level: 1 })).toContainText("Review 2 of ours");
  const decisions = review.getByRole("region", { name: "Decisions" });
  await expect(decisions.getByRole("row", { name: /Test v15 on search 1 ada, by .* not done yet/ })).toBeVisible();
  await expect(decisions.getByRole("row", { name: /Opening hours are made up 1 Opening hours are made up new/ })).toBeVisible();
  await decisions.getByText("Say what became of what was decided").click();
  await decisions.getByLabel("What became of it").fill("it holds");
  await decisions.getByRole("button", { name: "Done" }).click();
  await expect(decisions.getByRole("row", { name: /Test v15 on search .* done: it holds/ })).toBeVisible();
  await decisions.getByRole("link", { name: "Opening hours are made up" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Opening hours are made up");
});

test("of two who write at once the second is told, and keeps what they wrote", async ({ page, browser, own }) => {
  await twoWeeks(own);
  await enter(page, own, "ada", "reviewer");
  await open(page);
  const other = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(other, own, "grace", "reviewer");
  await other.goto(page.url());
  await paper(other).getByRole("button", { name: "Write what it means about In short" }).click();
  await paper(other).getByLabel("What we say about In short").fill("By grace.");
  await paper(page).getByRole("button", { name: "Write what it means about In short" }).click();
  await paper(page).getByLabel("What we say about In short").fill("By ada.");
  await paper(page).getByRole("button", { name: "Save" }).click();
  await expect(paper(page).getByText("By ada.")).toBeVisible();
  await paper(other).getByRole("button", { name: "Save" }).click();
  await expect(other.getByRole("alert")).toContainText("somebody changed this review meanwhile");
  await expect(paper(other).getByLabel("What we say about In short")).toHaveValue("By grace.");
  await expect(paper(other).getByText("By ada.")).toBeVisible();
  await paper(other).getByRole("button", { name: "Save" }).click();
  await expect(paper(other).getByText("By grace.")).toBeVisible();
  await expect(other.getByRole("alert")).toHaveCount(0);
});

test("what somebody else wrote meanwhile is replaced by nobody who has not seen it", async ({ page, browser, own }) => {
  await twoWeeks(own);
  await enter(page, own, "ada", "reviewer");
  await open(page);
  const other = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await other.clock.install();
  await enter(other, own, "grace", "reviewer");
  await other.goto(page.url());
  await paper(other).getByRole("button", { name: "Write what it means about In short" }).click();
  await paper(other).getByLabel("What we say about In short").fill("By grace.");
  await paper(page).getByRole("button", { name: "Write what it means about In short" }).click();
  await paper(page).getByLabel("What we say about In short").fill("By ada.");
  await paper(page).getByRole("button", { name: "Save" }).click();
  await expect(paper(page).getByText("By ada.")).toBeVisible();
  await other.clock.fastForward(31_000); // her page asks anew, and has the version that ada made
  await expect(paper(other).getByText("By ada.")).toBeVisible();
  await expect(paper(other).getByRole("status")).toContainText("Somebody else wrote here");
  await expect(paper(other).getByLabel("What we say about In short")).toHaveValue("By grace.");
  await paper(other).getByRole("button", { name: "Save" }).click();
  await expect(paper(other).getByRole("status")).toContainText("Save once more to replace it.");
  await page.reload();
  await expect(paper(page).getByText("By ada.")).toBeVisible();
  await paper(other).getByRole("button", { name: "Save" }).click();
  await expect(paper(other).getByText("By grace.")).toBeVisible();
  await expect(paper(other).getByLabel("What we say about In short")).toHaveCount(0);
});

test("a review is one page that needs nothing else, and prints", async ({ page, own }, info) => {
  await twoWeeks(own);
  await enter(page, own, "ada", "reviewer");
  await open(page);
  // The console has exact numbers, which are not for paper: it says what is.
  await expect(page.getByText("Here are exact numbers")).toBeHidden();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("navigation", { name: "Places" })).toBeHidden();
  await expect(page.getByRole("article", { name: "Review" })).toBeHidden();
  await expect(page.getByText("Here are exact numbers")).toBeVisible();
  await page.emulateMedia({ media: "screen" });
  expect(await page.getByRole("link", { name: "To print or save" }).getAttribute("href")).toContain(".html");

  const html = execFileSync(binary, ["review", "show", "--as", "html"], { encoding: "utf8", env: { HEED_URL: own.url, HEED_KEY: own.keys.secret_key } });
  const file = join(info.outputPath(), "..", `review-${info.workerIndex}.html`);
  writeFileSync(file, html);
  const asked: string[] = [];
  const trouble: string[] = [];
  page.on("request", (r) => asked.push(r.url()));
  page.on("console", (m) => trouble.push(m.text()));
  for (const address of [pathToFileURL(file).href, `${page.url().split("?")[0]}`.replace("/reviews/", "/v1/reviews/") + ".html"]) {
    asked.length = 0;
    const answer = await page.goto(address);
    expect(asked).toEqual([address]);
    expect(trouble).toEqual([]);
    if (address.startsWith("http")) expect(answer!.headers()["content-security-policy"]).toContain("default-src 'none'");
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Review 1 of ours");
    await expect(page.getByRole("img", { name: "Good votes by day" })).toBeVisible();
    expect(await page.locator("main").evaluate((main) => getComputedStyle(main).maxWidth)).toBe("820px"); // its own style holds
    const { violations } = await (await axe(page)).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    expect(pagesOf(pdf)).toBeGreaterThan(1);
    expect(pagesOf(pdf)).toBeLessThan(7);
  }
});

test("what others read of a review has no numbers of three people", async ({ page, own }) => {
  const time = new Date(Date.now() - 2 * day).toISOString();
  await own.events(...Array.from({ length: 37 }, (_, i) => [
    { type: "response", response_id: `few-${i}`, time, feature: "search", prompt_version: "v13" },
    { type: "feedback", id: `few-${i}`, response_id: `few-${i}`, time, user: `u-${i % 3}`, vote: i < 11 ? "down" : "up", ...(i < 11 && { tags: ["incorrect"] }) },
  ]).flat());
  await enter(page, own, "ada", "reviewer");
  await open(page);
  await expect(paper(page)).toContainText("37 votes were good"); // who may see each sees all
  const address = new URL((await page.getByRole("link", { name: "To print or save" }).getAttribute("href"))!, page.url()).href;
  await page.goto(address);
  const said = (await page.locator("main").innerText()).replace(/\d+ [A-Z][a-z]+( \d{4}(, \d\d:\d\d)?| to)/g, ""); // without times, which are of when this runs
  expect(said).toContain("Fewer than 5 people voted on 37 answers");
  expect(said).not.toMatch(/37 votes|\b11\b|\b26\b|70 %|30 %|3 named/);
  await page.goto(address + (address.includes("?") ? "&" : "?") + "numbers=exact");
  await expect(page.locator("main")).toContainText("37 votes were good");
});

const pagesOf = (pdf: Buffer): number => pdf.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;

test("an overdue review is told of on every page", async ({ page, own }) => {
  await twoWeeks(own);
  await enter(page, own, "ada", "reviewer");
  await open(page);
  await expect(page.getByText("Overdue:")).toHaveCount(0);
  // Days pass: what the server says of it then (which Go tests) is said now.
  await page.route("**/v1/reviews?*", async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    await route.fulfill({ json: { ...list, items: list.items.map((r: object) => ({ ...r, overdue: true })) } });
  });
  for (const place of ["/feedback", "/settings"]) {
    await page.goto(own.url + place);
    await expect(page.getByText("Overdue: review 1. Look at it, decide, and close it.")).toBeVisible();
  }
  await page.getByRole("link", { name: "review 1" }).click();
  await expect(paper(page)).toBeVisible();
  await reviews(page);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 review overdue");
});

test("who reads numbers alone reads no reviews, and a developer no texts", async ({ page, browser, own }) => {
  await twoWeeks(own);
  await enter(page, own, "ada", "reviewer");
  await open(page);
  await paper(page).getByRole("button", { name: "Write what it means about In short" }).click();
  await paper(page).getByLabel("What we say about In short").fill("A shop in Lyon.");
  await paper(page).getByRole("button", { name: "Save" }).click();
  await expect(paper(page).getByText("A shop in Lyon.")).toBeVisible();
  const analyst = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(analyst, own, "grace", "analyst");
  await expect(analyst.getByRole("link", { name: "Reviews" })).toHaveCount(0);
  const id = page.url().split("/").at(-1)!.split("?")[0]!;
  expect((await analyst.request.get(`${own.url}/v1/reviews/${id}.md`)).status()).toBe(403);
  const developer = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(developer, own, "linus", "developer");
  await developer.goto(page.url());
  await expect(paper(developer).getByText("Your role reads no texts.")).toBeVisible();
  await expect(developer.getByText("Lyon")).toHaveCount(0);
  await expect(paper(developer).getByRole("button", { name: /Write|decision|Close/ })).toHaveCount(0);
  expect(await (await developer.request.get(`${own.url}/v1/reviews/${id}.html`)).text()).not.toContain("Lyon");
});

test("when reviews are due, and who takes part, is set in the page", async ({ page, own }) => {
  await enter(page, own, "ada", "reviewer");
  await reviews(page);
  await page.getByRole("button", { name: "When, and who" }).click();
  const form = page.getByRole("region", { name: "When, and who" });
  await form.getByRole("combobox", { name: /^Day/ }).selectOption("Friday");
  await form.getByLabel("Hour").fill("16");
  await form.getByLabel("By the clock of").selectOption("Europe/Paris");
  await form.getByLabel("Led by").selectOption("ada");
  await form.getByRole("checkbox", { name: "ada" }).check();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(async () => {
    const got = await (await fetch(own.url + "/v1/reviews/cadence", { headers: { Authorization: "Bearer " + own.keys.secret_key } })).json();
    expect(got).toMatchObject({ every: "week", day: "friday", hour: 16, zone: "Europe/Paris" });
    expect(got.participants).toEqual([got.owner]);
    expect(new Date(got.next).getUTCDay()).toBe(5);
  }).toPass();
});
