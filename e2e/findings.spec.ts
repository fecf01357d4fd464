import type { Page } from "@playwright/test";
import { axe, enter, expect, ownTest as test, type Heed } from "./heed.ts";

/** Each test has a server of its own: what is measured is all there is. */
let votes = 0;

/** So many votes on answers of search, some of them bad and incorrect. */
const cast = (bad: number, all: number, ago: number) => Array.from({ length: all }, (_, i) => {
  const id = `v${++votes}`;
  const time = new Date(Date.now() - ago).toISOString();
  return [
    { type: "response", response_id: `r-${id}`, time, feature: "search" },
    { type: "feedback", id, response_id: `r-${id}`, time, user: `u-${id}`, vote: i < bad ? "down" : "up", ...(i < bad && { tags: ["incorrect"], comment: `No such shop, ${id}.` }) },
  ];
}).flat();

const hour = 3_600_000;

/** Makes a finding of what the list shows and returns when its page is there. */
async function make(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: /^Make a finding/ }).first().click();
  await page.getByLabel("What is wrong").fill(title);
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(title);
}

test("bad answers become a finding, and votes prove its fix", async ({ page, own }) => {
  await own.events(...cast(60, 120, hour));
  await enter(page, own, "ada", "reviewer");
  await page.goto(own.url + "/feedback?tag=incorrect&feature=search");
  await expect(page.getByRole("heading", { name: /60 bad votes/ })).toBeVisible();
  await make(page, "Opening hours are made up");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("50 % of 120 votes in the last four weeks were tagged “Wrong or made up”");
  await expect(page.getByText("60 votes, 60 people named, with")).toBeVisible();
  await expect(page.getByRole("list", { name: "Feedback of this finding" }).getByRole("listitem")).toHaveCount(20);
  await expect(page.getByText(/No such shop, v\d+\./).first()).toBeVisible();

  await page.getByLabel("Owner").selectOption("ada");
  await expect(page.getByRole("list", { name: "History" })).toContainText("ada gave it to ada");
  await page.getByLabel("Due").pressSequentially("12122035", { delay: 60 });
  await expect(page.getByRole("list", { name: "History" })).toContainText("ada set 12 Dec");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.getByRole("button", { name: "Start fixing" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Fixing" })).toBeVisible();
  await page.getByLabel("Note").fill("The index is old, says jo@example.com.");
  await page.getByRole("button", { name: "Add the note" }).click();
  await expect(page.getByText("The index is old, says [EMAIL_1].")).toBeVisible();
  await page.getByRole("button", { name: "Mark the change" }).click();
  await page.getByLabel("Which").fill("v14");
  await page.getByRole("button", { name: "It was made" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Nobody has voted since.");
  await own.events(...cast(1, 4, 0));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Not enough data yet: about");
  await own.events(...cast(5, 116, 0));
  await expect(page.getByRole("heading", { level: 2, name: "Verified" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("since, 5.0 % of 120 votes. It fell by 35 to 54 points.");
  await expect(page.getByRole("list", { name: "History" })).toContainText("Heed took it to Verified, because of 50 % of 120 votes before and 5.0 % of 120 votes since");
  const { violations } = await (await axe(page)).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.getByRole("link", { name: "All findings" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 fix helped");
});

test("of two who change a finding at once the second is told", async ({ page, browser, own }) => {
  await own.events(...cast(3, 12, hour));
  await enter(page, own, "ada", "reviewer");
  await page.getByRole("link", { name: "Findings" }).click();
  await make(page, "By hand");
  const other = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(other, own, "grace", "reviewer");
  await other.goto(page.url());
  await expect(other.getByRole("heading", { level: 1 })).toContainText("By hand");
  await page.getByRole("button", { name: "It is one" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Triaged" })).toBeVisible();
  await other.getByLabel("Cause").selectOption("Retrieval");
  await expect(other.getByRole("alert")).toContainText("somebody changed this finding meanwhile");
  await expect(other.getByRole("heading", { level: 2, name: "Triaged" })).toBeVisible();
  await other.getByLabel("Cause").selectOption("Retrieval");
  await expect(other.getByRole("list", { name: "History" })).toContainText("grace named the cause: retrieval");
  await expect(other.getByRole("alert")).toHaveCount(0);
});

test("an answer that comes late shows nothing that is over", async ({ page, own }) => {
  await own.events(...cast(3, 12, hour));
  await enter(page, own, "ada", "reviewer");
  await page.getByRole("link", { name: "Findings" }).click();
  await make(page, "By hand");
  let late = 0;
  await page.route(/\/v1\/findings\/fnd_[^/?]+(\?|$)/, async (route) => {
    if (route.request().method() !== "GET" || late++) return route.fallback();
    const answer = await route.fetch();
    await new Promise((done) => setTimeout(done, 1500));
    await route.fulfill({ response: answer });
    late = -1000;
  });
  await page.getByRole("button", { name: "It is one" }).click();
  await expect.poll(() => late).toBeGreaterThan(0); // it was asked, and is told that the finding is triaged
  await page.getByRole("button", { name: "Start fixing" }).click();
  await expect(page.getByRole("heading", { level: 2, name: "Fixing" })).toBeVisible();
  await expect.poll(() => late).toBeLessThan(0);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await expect(page.getByRole("heading", { level: 2, name: "Fixing" })).toBeVisible();
});

test("a finding is made of what is picked, by keys", async ({ page, own }) => {
  await own.events(...cast(4, 6, hour));
  await enter(page, own, "ada", "reviewer");
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await expect(page.getByRole("list", { name: "Feedback, newest first" }).getByRole("listitem")).toHaveCount(6);
  for (const key of ["j", "x", "j", "x", "j", "x", "x"]) await page.keyboard.press(key);
  await expect(page.getByRole("button", { name: "Make a finding of 2" })).toBeVisible();
  await make(page, "Two of them");
  await expect(page.getByText("2 pieces of feedback filed by hand")).toBeVisible();
  const items = page.getByRole("list", { name: "Feedback of this finding" }).getByRole("listitem");
  await expect(items).toHaveCount(2);
  await items.first().getByRole("link").click();
  const item = page.getByRole("article", { name: "Feedback" });
  await item.getByRole("link", { name: "Two of them" }).click();
  await items.first().getByRole("button", { name: "Take away" }).click();
  await expect(items).toHaveCount(1);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByLabel("Why is this no finding?").fill("as designed");
  await page.getByRole("button", { name: "Dismiss it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Dismissed: as designed");
});

test("a developer reads findings, and neither texts nor notes", async ({ page, browser, own }) => {
  await own.events(...cast(3, 12, hour));
  await enter(page, own, "ada", "reviewer");
  await page.goto(own.url + "/feedback?tag=incorrect");
  await make(page, "Hours");
  await page.getByLabel("Note").fill("They quote a shop in Lyon.");
  await page.getByRole("button", { name: "Add the note" }).click();
  await expect(page.getByText("They quote a shop in Lyon.")).toBeVisible();
  const other = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await enter(other, own, "grace", "developer");
  await other.goto(page.url());
  await expect(other.getByRole("list", { name: "Feedback of this finding" }).getByRole("listitem")).toHaveCount(3);
  await expect(other.getByText("Your role reads no texts.").first()).toBeVisible();
  await expect(other.getByText(/No such shop|Lyon/)).toHaveCount(0);
  await expect(other.getByRole("button", { name: /Start fixing|Add the note|Take away/ })).toHaveCount(0);
});

test("a cause is one that every project has, or one of its own", async ({ page, own }) => {
  const key = { Authorization: "Bearer " + own.keys.secret_key };
  await fetch(own.url + "/v1/project", { method: "PATCH", headers: key, body: JSON.stringify({ inbox: { causes: ["late_delivery"] } }) });
  await enter(page, own, "ada", "reviewer");
  await page.goto(own.url + "/findings");
  await make(page, "Parcels are late");
  await expect(page.getByLabel("Cause").getByRole("option")).toHaveText([
    "not known yet", "Prompt", "Retrieval", "Tool", "Model", "Guardrail", "Data gap", "Product", "Expectation", "Not a defect", "Duplicate", "Late delivery",
  ]);
  await page.getByLabel("Cause").selectOption("Late delivery");
  await expect(page.getByRole("list", { name: "History" })).toContainText("ada named the cause: late delivery");
});

test("examples of a finding stand beside what was asked and answered", async ({ page, own }) => {
  own.run("project", "update", "ours", "--content", "redacted");
  const time = new Date(Date.now() - hour).toISOString();
  await own.events(
    { type: "response", response_id: "r1", time, input: "I am ada@example.com. Which shop is <b>open</b>?", output: "The one in Lyon. ".repeat(60) },
    { type: "feedback", id: "f1", response_id: "r1", time, vote: "down", tags: ["incorrect"], comment: "No such shop." },
  );
  await enter(page, own, "ada", "reviewer");
  await page.goto(own.url + "/feedback?tag=incorrect");
  await expect(page.getByRole("heading", { name: /1 bad vote/ })).toBeVisible();
  await make(page, "Shops are made up");
  const example = page.getByRole("list", { name: "Feedback of this finding" }).getByRole("listitem");
  await expect(example).toContainText("I am [EMAIL_1]. Which shop is <b>open</b>?");
  await expect(example).toContainText("Answered, redacted");
  await expect(example.getByText(/^The one in Lyon/)).toHaveCSS("-webkit-line-clamp", "3");
  await expect(example).toContainText("Said of itNo such shop.");
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
});

test("one of very many findings is found wherever one is chosen", async ({ page, own }) => {
  const headers = { Authorization: "Bearer " + own.keys.secret_key };
  for (let n = 0; n < 1020; n += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => fetch(own.url + "/v1/findings", { method: "POST", headers, body: JSON.stringify({ title: n + i ? `Problem ${n + i}` : "The very first of all" }) }).then((r) => expect(r.status).toBe(201))));
  }
  await own.events({ type: "feedback", id: "f1", response_id: "r1", vote: "down", comment: "Wrong." });
  await enter(page, own, "ada", "reviewer");

  // Of a feedback.
  await page.goto(own.url + "/feedback/f1");
  await page.getByRole("button", { name: "File under" }).click();
  const options = page.locator("#choices");
  const pick = page.getByRole("combobox", { name: "File under a finding" });
  await expect(options.getByRole("option")).toHaveCount(50);
  await expect(page.getByText("And 970 others: type a part of the name.")).toBeVisible();
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
  for (let i = 0; i < 30; i++) await pick.press("ArrowDown");
  await expect(options.getByRole("option", { selected: true })).toBeInViewport();
  await pick.fill("first very");
  await expect(options.getByRole("option")).toHaveText([/The very first of all/]);
  await pick.press("Enter");
  await expect(page.getByRole("link", { name: "The very first of all" })).toBeVisible();

  // Of an item of the inbox, and of all that its list keeps.
  await own.events({ type: "feedback", id: "f2", response_id: "r2", vote: "down", comment: "Wrong again." }, { type: "feedback", id: "f3", response_id: "r3", vote: "down", comment: "And again." });
  await page.goto(own.url + "/inbox");
  await page.getByRole("button", { name: "Change all of these" }).click();
  const all = page.getByRole("dialog", { name: "Change all of these" });
  await all.getByLabel("What becomes of it").selectOption("finding");
  await all.getByRole("button", { name: "Which finding" }).click();
  await page.getByRole("combobox", { name: "Which finding" }).fill("very first");
  await options.getByRole("option").click();
  await expect(all.getByRole("button", { name: "Which finding: The very first of all" })).toBeFocused();
  await all.getByRole("button", { name: "Change 2" }).click();
  await page.goto(own.url + "/findings?show=all");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1,020 problems wait for a fix.");

  // Of a decision.
  await page.goto(own.url + "/reviews");
  await page.getByRole("button", { name: "Open one now" }).click();
  await page.getByRole("button", { name: "Take a decision" }).click();
  await page.getByLabel("What we decide").fill("Mend it");
  await page.getByLabel("Which is").selectOption("a finding that is there");
  await expect(page.getByRole("button", { name: "Decide it" })).toBeDisabled();
  await page.getByRole("button", { name: "Finding: choose one" }).click();
  await page.getByRole("combobox", { name: "Finding" }).fill("very first");
  await options.getByRole("option").click();
  await page.getByRole("button", { name: "Decide it" }).click();
  await page.getByRole("region", { name: "Decisions" }).getByRole("link", { name: "the finding" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("The very first of all");
});
