import type { Browser, Page } from "@playwright/test";
import { axe, enter, expect, ownTest as test, type Heed } from "./heed.ts";

const another = async (browser: Browser) => (await browser.newContext({ locale: "en-GB" })).newPage();

let n = 0;

/** A bad vote on an answer of a conversation, some hours ago. */
function down(comment: string, { tags = [], hours = 1, feature = "search", conversation = "", user = "", vote = "down" }: { tags?: string[]; hours?: number; feature?: string; conversation?: string; user?: string; vote?: string } = {}) {
  const id = `i${++n}`;
  const time = new Date(Date.now() - hours * 3_600_000).toISOString();
  return [
    { type: "response", response_id: `r-${id}`, time, feature, ...(conversation && { conversation_id: conversation }) },
    { type: "feedback", id, response_id: `r-${id}`, time, user: user || `u-${id}`, vote, ...(tags.length && { tags }), ...(comment && { comment }) },
  ];
}

const list = (page: Page) => page.getByRole("list", { name: "Inbox, most urgent first" });
const rows = (page: Page) => list(page).getByRole("listitem");
const item = (page: Page) => page.getByRole("article", { name: "Item" });

test("two reviewers pass through the inbox by keys and never collide", async ({ page, browser, own }) => {
  await own.events(
    ...down("First of the words.", { hours: 30, tags: ["incorrect"] }), ...down("Burns people.", { hours: 50, tags: ["unsafe"] }), ...down("It never ends.", { hours: 3, tags: ["broken"] }),
    ...down("Newest of the words.", { hours: 2, tags: ["incorrect"], conversation: "c1" }), ...down("", { hours: 1 }), ...down("The one before was better.", { hours: 4, conversation: "c1", vote: "up" }),
    ...down("", { hours: 1, vote: "up" }),
  );
  await own.wantsEyes(6);
  await enter(page, own, "ada", "reviewer");
  const place = page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: /^Inbox/ });
  await expect(place).toContainText("6");
  await expect(page.getByText("1 piece of feedback is overdue")).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("6 pieces of feedback want eyes, 1 unsafe. 1 is overdue.");
  await expect(rows(page)).toHaveText([/Unsafe.*Burns people/, /Broken.*It never ends/, /Newest of the words/, /First of the words/, /no reason given/, /The one before was better/]);

  await page.keyboard.press("j");
  await expect(item(page)).toContainText("tagged unsafe · open 2 days, a day too long");
  const other = await another(browser);
  await enter(other, own, "grace", "reviewer");
  await other.goto(page.url());
  await expect(item(other).getByRole("alert")).toContainText("ada is looking at this item");
  await expect(item(other).getByRole("button", { name: "Handled" })).toBeDisabled();
  await other.keyboard.press("e");
  await expect(item(other).getByRole("alert")).toContainText("ada is looking at this item");
  await expect(rows(page)).toHaveCount(6);
  const held = other.waitForResponse((answer) => answer.url().includes("/lock") && answer.request().method() === "POST" && answer.ok());
  await other.keyboard.press("j");
  await expect(item(other)).toContainText("It never ends.");
  await held; // which the list says to ada

  // Ada handles hers, and comes past the one that grace looks at.
  await page.reload();
  await expect(rows(page).nth(1)).toContainText("grace");
  await expect(item(page)).toContainText("Burns people.");
  await expect(item(page).getByRole("button", { name: "Handled" })).toBeEnabled();
  await page.keyboard.press("e");
  await expect(item(page)).toContainText("Newest of the words.");
  await expect(page.getByRole("status").filter({ hasText: "Handled." })).toBeVisible();
  await expect(rows(page)).toHaveCount(5);
  await expect(item(page).getByRole("list", { name: "Elsewhere in this conversation" })).toContainText("The one before was better.");
  await page.keyboard.press("u");
  await expect(rows(page)).toHaveCount(6);
  await expect(item(page)).toContainText("Burns people.");
  await expect(item(page).getByRole("list", { name: "History" })).toContainText("ada opened it again");
  await page.keyboard.press("e");
  await expect(rows(page)).toHaveCount(5);
  await expect(item(page).getByRole("list", { name: "Elsewhere in this conversation" })).toContainText("The one before was better."); // all of the next is there

  // A cause, somebody to see to it, and what the answer should have been.
  await page.keyboard.press("t");
  await page.getByRole("combobox", { name: "Cause" }).fill("retr");
  await page.keyboard.press("Enter");
  await expect(item(page).getByRole("button", { name: "Retrieval" })).toBeVisible();
  await page.keyboard.press("a");
  await page.getByRole("combobox", { name: "Assign to" }).fill("grace");
  await page.keyboard.press("Enter");
  await expect(item(page).getByRole("button", { name: "grace" })).toBeVisible();
  await page.keyboard.press("w");
  await page.getByLabel("What the answer should have been").last().fill("We open at nine, says jo@example.com.");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(item(page).getByText("We open at nine, says [EMAIL_1].")).toBeVisible();
  const { violations } = await (await axe(page)).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  // A finding of it takes it out, and what matches comes no more.
  await page.keyboard.press("f");
  await page.getByRole("button", { name: "Make a finding" }).click();
  await page.getByLabel("What is wrong").fill("Hours are made up");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Hours are made up");
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(rows(page)).toHaveText([/It never ends/, /First of the words/, /no reason given/, /The one before was better/]);
  await rows(page).nth(1).getByRole("link").click();
  await expect(item(page)).toContainText("First of the words.");
  await page.keyboard.press("f");
  await page.getByRole("combobox", { name: "File under a finding" }).fill("hours");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole("link", { name: "Filed", exact: true }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("in the inbox: handled, assign, name the cause, file under a finding");
});

test("all that a filter keeps is handled at once, and the team keeps the list", async ({ page, browser, own }) => {
  await own.events(...Array.from({ length: 12 }, (_, i) => down(`Number ${i}.`, { tags: i < 8 ? ["incorrect"] : ["incomplete"], feature: i < 5 ? "search" : "help" })).flat());
  await own.wantsEyes(12);
  await enter(page, own, "ada", "reviewer");
  await page.goto(own.url + "/inbox?feature=search");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("5 pieces of feedback want eyes");
  await page.getByRole("button", { name: "Views of the team" }).click();
  await page.getByLabel("Name of this view").fill("Search");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Search", exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Change all of these" }).click();
  await expect(page.getByRole("dialog")).toContainText("5 pieces of feedback that the list keeps now.");
  await page.getByRole("button", { name: "Change 5" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing wants eyes here.");
  const other = await another(browser);
  await enter(other, own, "grace", "reviewer");
  await other.goto(own.url + "/inbox");
  await expect(rows(other)).toHaveCount(7);
  await other.getByRole("link", { name: "Handled" }).click();
  await expect(rows(other)).toHaveCount(5);
  await other.getByRole("button", { name: "Views of the team" }).click();
  await other.getByRole("button", { name: "Search", exact: true }).click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Nothing wants eyes here.");
});

test("an age target is the project's, and a developer only looks", async ({ page, browser, own }) => {
  await own.events(...down("Old but fine so far.", { hours: 80 }));
  await own.wantsEyes(1);
  await enter(page, own, "ada", "admin");
  await page.goto(own.url + "/inbox");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("None is overdue.");
  await page.goto(own.url + "/settings/inbox");
  await page.getByLabel("Days for bad votes").fill("2");
  await page.getByLabel("Causes of your own").fill("billing");
  const kept = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await page.getByRole("button", { name: "Save" }).click();
  expect((await kept).status()).toBe(200);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.goto(own.url + "/inbox");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 is overdue.");
  await rows(page).first().getByRole("link").click();
  await expect(item(page).getByRole("button", { name: "Cause" })).toBeEnabled();
  await page.keyboard.press("t");
  await page.getByRole("combobox", { name: "Cause" }).fill("bill");
  await expect(page.getByRole("option", { name: "Billing" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(item(page).getByRole("button", { name: "Billing" })).toBeVisible();
  const other = await another(browser);
  await enter(other, own, "grace", "developer");
  await other.goto(page.url());
  await expect(item(other)).toContainText("Your role reads no texts.");
  await expect(item(other).getByRole("button")).toHaveCount(0);
  await expect(other.getByRole("button", { name: "Change all of these" })).toHaveCount(0);
});

/** Calls the API with the project's key, and returns what it answers. */
const asKey = async (own: Heed, method: string, path: string, body?: object) =>
  (await fetch(own.url + path, { method, headers: { Authorization: "Bearer " + own.keys.secret_key }, ...(body && { body: JSON.stringify(body) }) })).json();

test("no key acts on what is closed, and closing it leaves the list as it is", async ({ page, own }) => {
  await own.events(...down("One.", { hours: 1 }), ...down("Two.", { hours: 2 }), ...down("Three.", { hours: 3 }));
  await own.wantsEyes(3);
  await enter(page, own, "ada", "reviewer");
  await page.goto(own.url + "/inbox");
  await expect(rows(page)).toHaveCount(3);
  await page.keyboard.press("j");
  await expect(item(page)).toContainText("One.");
  await expect(item(page).getByRole("button", { name: "Handled" })).toBeEnabled();
  await item(page).getByRole("link", { name: "Close" }).click();
  await expect(item(page)).toHaveCount(0);
  await page.keyboard.press("e");
  await page.keyboard.press("j");
  await expect(item(page)).toContainText("One.");
  await expect(rows(page)).toHaveCount(3);
  await item(page).getByRole("button", { name: "Handled" }).press("Enter");
  await expect(rows(page)).toHaveCount(2);
  await expect(item(page)).toContainText("Two.");
  await expect(item(page)).toBeFocused();

  await page.getByRole("link", { name: "Handled", exact: true }).click();
  await expect(rows(page)).toHaveText([/One/]);
  await page.keyboard.press("j");
  await expect(item(page)).toContainText("One.");
  await page.keyboard.press("Escape");
  await expect(item(page)).toHaveCount(0);
  await expect(rows(page)).toHaveText([/One/]);
  expect(new URL(page.url()).searchParams.get("state")).toBe("done");
});

test("what fails late takes nothing else with it, and what is newer stays", async ({ page, own }) => {
  await own.events(...down("One.", { hours: 1 }), ...down("Two.", { hours: 2 }), ...down("Three.", { hours: 3 }));
  await own.wantsEyes(3);
  await enter(page, own, "ada", "reviewer");
  await page.goto(own.url + "/inbox");
  await expect(rows(page)).toHaveCount(3);
  const ids: string[] = (await asKey(own, "GET", "/v1/inbox")).items.map((i: { feedback_id: string }) => i.feedback_id);
  let fail = () => {};
  const failing = new Promise<void>((done) => (fail = done));
  await page.route(`**/v1/inbox/items/${ids[0]}*`, async (route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    await failing;
    await route.fulfill({ status: 409, json: { status: 409, code: "conflict", detail: "somebody changed this item meanwhile" } });
  });
  await page.keyboard.press("j");
  await expect(item(page)).toContainText("One.");
  await page.keyboard.press("e");
  await expect(item(page)).toContainText("Two.");
  await expect(item(page).getByRole("button", { name: "Handled" })).toBeEnabled();
  await page.keyboard.press("e");
  await expect(item(page)).toContainText("Three.");

  // The list is asked for anew, while Two is handled; that comes when it is so no more.
  let come = () => {};
  const coming = new Promise<void>((done) => (come = done));
  let asked = false;
  await page.route(/\/v1\/inbox\?.*limit=100/, async (route) => {
    const answer = await route.fetch();
    asked = true;
    await coming;
    await route.fulfill({ response: answer });
  }, { times: 1 });
  fail();
  await expect(page.getByRole("alert")).toContainText("somebody changed this item meanwhile");
  await expect(rows(page)).toHaveText([/One/, /Three/]);
  await expect.poll(() => asked).toBe(true);
  const undone = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await page.keyboard.press("u");
  await undone;
  come();
  await expect(rows(page)).toHaveText([/One/, /Two/, /Three/]);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await expect(rows(page)).toHaveText([/One/, /Two/, /Three/]);

  // Somebody else changes an item after she did: the list shows what is so now.
  await rows(page).nth(2).getByRole("link").click();
  await expect(item(page)).toContainText("Three.");
  await expect(item(page).getByRole("button", { name: "Assign" })).toBeEnabled();
  await page.keyboard.press("a");
  await page.getByRole("combobox", { name: "Assign to" }).fill("ada");
  await page.keyboard.press("Enter");
  await expect(item(page).getByRole("button", { name: "ada" })).toBeVisible();
  await item(page).getByRole("link", { name: "Close" }).click();
  await expect(rows(page).nth(2)).toContainText("ada");
  await expect(async () => {
    const { version } = await asKey(own, "GET", `/v1/inbox/items/${ids[2]}`);
    expect(await asKey(own, "PATCH", `/v1/inbox/items/${ids[2]}`, { version, assignee: null })).toMatchObject({ item: { version: version + 1 } });
  }).toPass();
  await own.events(...down("Four.", { hours: 0 }));
  await page.getByRole("button", { name: "1 more came: show" }).click(); // the list asks twice a minute whether more came
  await expect(rows(page)).toHaveCount(4);
  await expect(rows(page).nth(3)).not.toContainText("ada");
});

test("whoever presses twice makes one finding", async ({ page, own }) => {
  await own.events(...down("One.", { hours: 1 }));
  await enter(page, own, "ada", "reviewer");
  await page.route(/\/v1\/findings(\?|$)/, async (route) => {
    if (route.request().method() === "POST") await new Promise((done) => setTimeout(done, 500));
    await route.fallback();
  });
  await page.goto(own.url + "/findings");
  await page.getByRole("button", { name: "Make a finding" }).click();
  await page.getByLabel("What is wrong").fill("Hours");
  await page.getByRole("button", { name: "Make it" }).dblclick();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Hours");
  await page.waitForLoadState("networkidle");
  expect((await asKey(own, "GET", "/v1/findings")).items).toHaveLength(1);
});
