import type { Page } from "@playwright/test";
import { gzipSync } from "node:zlib";
import { axe, expect, type Heed, newResponse, script, type Site, test, thumb } from "./heed.ts";

/** Calls the API with the secret key. */
async function api(heed: Heed, method: string, path: string, body?: object): Promise<any> {
  const answer = await fetch(heed.url + path, { method, headers: { Authorization: "Bearer " + heed.keys.secret_key }, ...(body && { body: JSON.stringify(body) }) });
  const said = await answer.json();
  expect(answer.ok, JSON.stringify(said)).toBe(true);
  return said;
}

/** An answer of a feature of its own, and a finding of what is told of that feature. */
async function answered(heed: Heed): Promise<string> {
  const response = newResponse();
  await heed.events({ type: "response", response_id: response, feature: response });
  return response;
}
const find = (heed: Heed, title: string, response: string) => api(heed, "POST", "/v1/findings", { title, selection: { filter: { feature: [response] } } });

const change = async (heed: Heed, id: string, body: object) => {
  const { version } = await api(heed, "GET", `/v1/findings/${id}`);
  return api(heed, "PATCH", `/v1/findings/${id}`, { version, ...body });
};

/**
 * Comes back after an hour, in which a browser asks once: first when it knows of feedback and the form has come, in
 * whichever order they do. What it remembers of that is changed where no widget writes it.
 */
async function later(page: Page, site: Site, address = page.url()): Promise<void> {
  await page.goto(site.page("<p>An hour passes.</p>"));
  await page.evaluate(() => (localStorage.heedTold = JSON.stringify({ states: {}, ...JSON.parse(localStorage.heedTold ?? "{}"), at: 0 })));
  await page.goto(address);
}

/** All that follows at once from what has come is in the page. */
const painted = (page: Page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

test("who said what was wrong is told once for each step", async ({ page, heed, site }) => {
  const [first, second] = [await answered(heed), await answered(heed)];
  const address = site.page(`<heed-feedback response-id="${second}"></heed-feedback><hr><heed-feedback response-id="${first}"></heed-feedback>`, { head: script(heed) });
  expect(gzipSync(Buffer.from(await (await fetch(heed.url + "/widget/told.mjs")).arrayBuffer()), { level: 9 }).length).toBeLessThanOrEqual(1350);
  const told = page.getByRole("status").filter({ hasText: "You told us" });
  const asked: string[] = [];
  page.on("request", (request) => request.url().endsWith("/v1/followups") && asked.push(request.postData()!));

  await page.goto(address);
  await thumb(page, "Bad answer").last().click();
  await page.getByRole("button", { name: "Out of date or bad source" }).click();
  await expect.poll(() => heed.feedback(first)).toMatchObject([{ tags: ["outdated_source"] }]);
  const { id } = await find(heed, "Not for their eyes", first);
  await page.reload();
  await expect(page.getByRole("button", { name: "Undo" })).toBeVisible(); // the form is there
  expect(asked, "there is nothing to tell").toEqual([]);

  await change(heed, id, { public: "Some opening hours are from last year." });
  await page.reload();
  await expect(told).toHaveText("You told us about an answer. We are looking into it.Some opening hours are from last year.OK");
  const mine = page.locator(`heed-feedback[response-id="${first}"]`);
  await expect(mine.getByText("You told us")).toBeVisible(); // under the answer that it is about
  const { violations } = await (await axe(page)).withRules(["color-contrast", "target-size", "button-name", "aria-valid-attr-value"]).analyze();
  expect(violations).toEqual([]);
  await expect.poll(async () => (await api(heed, "GET", `/v1/findings/${id}`)).shown).toBe(1);
  await page.getByRole("button", { name: "OK" }).click();
  await expect(told).toHaveCount(0);

  const answer = page.waitForResponse((answer) => answer.url().endsWith("/v1/followups"));
  await later(page, site);
  await (await answer).finished();
  await painted(page);
  await expect(told, "it was shown").toHaveCount(0);

  await change(heed, id, { state: "fixed", change: { name: "release", value: "2026.3" }, public: "Opening hours come from the branch now." });
  await later(page, site);
  await expect(told).toHaveText("You told us about an answer. It is fixed in \u20682026.3\u2069.Opening hours come from the branch now.OK");
  expect(await page.content()).not.toContain("Not for their eyes");
  const most = asked.length;
  const teller = page.waitForResponse((answer) => /\/told[^/]*\.mjs/.test(answer.url()));
  await page.reload();
  await (await teller).finished();
  await painted(page);
  expect(asked.length, "it asks once an hour").toBeLessThanOrEqual(most + 1); // what was shown may be told late
});

test("with a token, and in the reader's language", async ({ page, heed, site }) => {
  const response = newResponse();
  const token = heed.token(response, "--user", "u-7");
  const address = site.page(`<heed-feedback lang="ar" response-id="${response}" token="${token}"></heed-feedback>`, { head: script(heed), html: 'lang="ar" dir="rtl"' });
  await page.goto(address);
  await page.locator("heed-feedback .down").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down", trust: "token" }]);
  const feedback = (await heed.feedback(response))[0]!.id;
  const { id } = await api(heed, "POST", "/v1/findings", { title: "By hand", feedback: [feedback] });
  await change(heed, id, { public: "Hours are wrong." });
  await later(page, site);
  await expect(page.getByRole("status").filter({ hasText: "Hours are wrong." })).toContainText("نحن ننظر في الأمر.");

  // Another answer of the same person tells of the first.
  const next = newResponse();
  await change(heed, id, { state: "fixed", change: { name: "prompt", value: "v9" } });
  await later(page, site, site.page(`<heed-feedback response-id="${next}" token="${heed.token(next, "--user", "u-7")}"></heed-feedback>`, { head: script(heed) }));
  await expect(page.getByRole("status").filter({ hasText: "Hours are wrong." })).toContainText("It is fixed.");

  await page.goto(`${heed.url}/f/${token}`);
  await expect(page.getByRole("heading", { name: "What you told us about is fixed." })).toBeVisible();
  await expect(page.getByText("Hours are wrong.")).toBeVisible();
  const { violations } = await (await axe(page)).analyze();
  expect(violations).toEqual([]);
});

test("a reviewer sees what people will see", async ({ page, heed, site }) => {
  const response = await answered(heed);
  const { id } = await find(heed, "For the preview", response);
  await page.goto(heed.member("teller", "reviewer"));
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Keep it and go on" }).click();
  await expect(page.getByRole("navigation", { name: "Places" })).toBeVisible();
  await page.goto(`${heed.url}/findings/${id}`);
  await page.getByLabel("One sentence for the people who spoke").fill("Prices differ by branch.");
  const preview = page.getByRole("group", { name: "As people see it" });
  await expect(preview).toHaveText("You told us about an answer. We are looking into it.Prices differ by branch.OK");
  await page.getByRole("button", { name: "Tell them", exact: true }).click();
  await expect(page.getByText("Nobody has seen it yet.")).toBeVisible();
  const seen = await preview.innerText();

  const visitor = await page.context().newPage();
  await visitor.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await thumb(visitor, "Bad answer").click();
  await visitor.getByRole("button", { name: "Out of date or bad source" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ tags: ["outdated_source"] }]);
  await later(visitor, site);
  await expect.poll(async () => (await visitor.getByRole("status").filter({ hasText: "You told us" }).innerText()).replace(/\s+/g, " ")).toBe(seen.replace(/\s+/g, " "));

  await page.getByRole("button", { name: "Stop telling" }).click();
  await expect(page.getByText("Nothing is told before there is a sentence.")).toBeVisible();
});
