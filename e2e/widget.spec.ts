import type { Page } from "@playwright/test";
import { gzipSync } from "node:zlib";
import { axe, type Heed, expect, newResponse, script, test, thumb } from "./heed.ts";

/** How many changes the page keeps for later. */
const kept = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((done) => {
        const request = indexedDB.open("heed", 1);
        request.onsuccess = () => {
          const count = request.result.transaction("heed").objectStore("heed").count();
          count.onsuccess = () => done(count.result);
        };
      }),
  );

/** Keeps the project's form back until it is told to deliver it. */
async function holdForm(page: Page, heed: Heed): Promise<() => void> {
  let deliver = () => {};
  const held = new Promise<void>((done) => (deliver = done));
  await page.route(heed.url + "/v1/form*", async (route) => {
    await held;
    await route.continue();
  });
  return deliver;
}

test("the script keeps to its size", async ({ heed }) => {
  for (const [name, most] of [["v1.js", 4000], ["v1.mjs", 4000], ["core.mjs", 1000], ["form.mjs", 1200]] as const) {
    const body = await (await fetch(`${heed.url}/widget/${name}`)).arrayBuffer();
    expect(gzipSync(Buffer.from(body), { level: 9 }).length, name).toBeLessThanOrEqual(most);
  }
});

test("one click is stored at once, and the same again takes it back", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.goto(site.page(`<p>The answer.</p><heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await thumb(page, "Good answer").click();
  await expect(page.getByRole("status")).toHaveText("Thanks.");
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "up", trust: "public" }]);
  await expect(thumb(page, "Good answer")).toHaveAttribute("aria-pressed", "true");
  await thumb(page, "Good answer").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "none" }]);
  await expect(thumb(page, "Good answer")).toHaveAttribute("aria-pressed", "false");
});

test("a bad answer asks why, inline, and stores every step under one id", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await thumb(page, "Bad answer").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down", tags: [], comment: null }]);
  await expect(page.getByText("What went wrong?")).toBeVisible();
  const chips = page.getByRole("group", { name: "What went wrong?" }).last().getByRole("button");
  await expect(chips.last()).toHaveText("Harmful, biased or private");
  await page.getByRole("button", { name: "Wrong or made up" }).click();
  await page.getByRole("button", { name: "Incomplete or too shallow" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ tags: ["incomplete", "incorrect"] }]);
  await page.getByLabel("Anything to add?").fill("Ask ada@example.com");
  await page.getByLabel("What should it have said?").fill("Nine.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down", comment: "Ask [EMAIL_1]", correction: "Nine." }]);
  await expect(page.getByText("What went wrong?")).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "none", tags: [], comment: null, correction: null }]);
});

test("who clicks before the form has come is asked when it has", async ({ page, heed, site }) => {
  const response = newResponse();
  const deliver = await holdForm(page, heed);
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await thumb(page, "Bad answer").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down" }]);
  await expect(page.getByText("What went wrong?")).toBeHidden();
  deliver();
  await expect(page.getByText("What went wrong?")).toBeVisible();
  await expect(thumb(page, "Bad answer")).toHaveAttribute("aria-pressed", "true");
});

test("who clicks before the form has come is thanked when it has", async ({ page, heed, site }) => {
  const response = newResponse();
  const deliver = await holdForm(page, heed);
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await thumb(page, "Good answer").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "up" }]);
  deliver();
  await expect(page.getByRole("status")).toHaveText("Thanks.");
});

test("a vote survives a reload, another tab and a changed mind as one feedback", async ({ context, heed, site }) => {
  const response = newResponse();
  const address = site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) });
  const page = await context.newPage();
  await page.goto(address);
  await thumb(page, "Bad answer").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down" }]);
  await page.reload();
  await expect(thumb(page, "Bad answer")).toHaveAttribute("aria-pressed", "true");
  const other = await context.newPage();
  await other.goto(address);
  await thumb(other, "Good answer").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "up" }]);
  expect(await heed.feedback(response)).toHaveLength(1);
});

test("where the browser keeps nothing, it is one feedback still", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.addInitScript(() => Object.defineProperty(window, "localStorage", { get: () => { throw new DOMException("", "SecurityError"); } }));
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await thumb(page, "Bad answer").click();
  await page.getByRole("button", { name: "Wrong or made up" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down", tags: ["incorrect"] }]);
  await thumb(page, "Good answer").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "up", tags: [] }]);
  expect(await heed.feedback(response)).toHaveLength(1);
});

test("offline, a click is kept and sent later, also after a reload", async ({ page, context, heed, site }) => {
  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await expect(page.getByRole("group", { name: "Feedback" })).toBeVisible(); // the form, whose words are used below, has come
  await page.route(heed.url + "/v1/feedback", (route) => route.abort());
  await context.setOffline(true);
  await thumb(page, "Good answer").click();
  await expect(page.getByRole("status")).toHaveText("Kept on this device until it can be sent.");
  await thumb(page, "Bad answer").click();
  await expect.poll(() => kept(page)).toBe(2);
  expect(await heed.feedback(response)).toEqual([]);
  await context.setOffline(false);
  await page.unroute(heed.url + "/v1/feedback");
  await page.reload();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down" }]);
  expect(await heed.feedback(response)).toHaveLength(1);
});

test("a server that is down and comes back gets what was said", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  let down = true;
  await page.route(heed.url + "/v1/feedback", (route) => (down ? route.fulfill({ status: 503, headers: { "Retry-After": "1", "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After" } }) : route.continue()));
  await thumb(page, "Good answer").click();
  await expect(page.getByRole("status")).toHaveText("Kept on this device until it can be sent.");
  down = false;
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "up" }]);
});

test("a token rates its one answer; an expired one says so", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}" token="${heed.token(response)}"></heed-feedback>`, { head: script(heed) }));
  await thumb(page, "Good answer").click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "up", trust: "token" }]);

  const late = newResponse();
  const token = heed.token(late, "--expires", "1s");
  await new Promise((done) => setTimeout(done, 1200));
  await page.goto(site.page(`<heed-feedback response-id="${late}" token="${token}"></heed-feedback>`, { head: script(heed) }));
  const given = page.evaluate(() => new Promise((done) => document.addEventListener("heed", (event) => done((event as CustomEvent).detail.outcome))));
  await thumb(page, "Good answer").click();
  expect(await given).toBe("refused");
  expect(await heed.feedback(late)).toEqual([]);
});

test("shown, copied and called signals arrive when the page is left", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.goto(site.page(`<section><p id="answer">The answer.</p><heed-feedback response-id="${response}"></heed-feedback></section>`, { head: script(heed) }));
  await expect(thumb(page, "Good answer")).toBeVisible();
  await page.evaluate(() => {
    getSelection()!.selectAllChildren(document.getElementById("answer")!);
    document.execCommand("copy");
    (document.querySelector("heed-feedback") as any).signal("regenerated");
  });
  await page.waitForTimeout(200);
  await page.goto("about:blank");
  await expect.poll(() => heed.signals(response)).toEqual({ shown: 1, copied: 1, regenerated: 1 });
});

test("a page under a strict policy needs no exception but its address", async ({ page, heed, site }) => {
  const response = newResponse();
  const problems: string[] = [];
  page.on("console", (message) => message.type() == "error" && problems.push(message.text()));
  await page.goto(
    site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, {
      head: script(heed),
      headers: {
        "Content-Security-Policy": `default-src 'none'; script-src ${heed.url}; connect-src ${heed.url}; require-trusted-types-for 'script'; trusted-types 'none'`,
      },
    }),
  );
  await thumb(page, "Bad answer").click();
  await expect(page.getByText("What went wrong?")).toBeVisible();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down" }]);
  const radius = await thumb(page, "Bad answer").evaluate((button) => getComputedStyle(button).borderRadius);
  expect(radius).toBe("8px");
  expect(problems.filter((text) => !text.includes("favicon"))).toEqual([]);
});

test("a script can be pinned by its hash", async ({ page, heed, site }) => {
  const release = await (await fetch(heed.url + "/widget/v1.json")).json();
  const { path, integrity } = release.scripts["v1.js"];
  const tag = (hash: string) => `<script src="${heed.url}${path}" integrity="${hash}" crossorigin data-key="${heed.keys.publishable_key}" defer></script>`;
  await page.goto(site.page(`<heed-feedback response-id="${newResponse()}"></heed-feedback>`, { head: tag(integrity) }));
  await expect(thumb(page, "Good answer")).toBeVisible();
  await page.goto(site.page(`<heed-feedback response-id="${newResponse()}"></heed-feedback>`, { head: tag(integrity.replace(/.$/, (last: string) => (last === "A" ? "B" : "A"))) }));
  await expect(thumb(page, "Good answer")).toHaveCount(0);
});

test("the keyboard does everything", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await thumb(page, "Good answer").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByText("What went wrong?")).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.getByLabel("Anything to add?").focus();
  await page.keyboard.type("Too short.");
  await page.getByRole("button", { name: "Send" }).press("Enter");
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down", tags: ["incorrect"], comment: "Too short." }]);
  await expect(thumb(page, "Bad answer")).toBeFocused();
  await page.getByRole("button", { name: "Say more" }).click();
  await page.getByLabel("Anything to add?").press("Escape");
  await expect(page.getByText("What went wrong?")).toBeHidden();
  await expect(thumb(page, "Bad answer")).toBeFocused();
});

test("it speaks the page's language, from right to left too", async ({ page, heed, site }) => {
  for (const [lang, dir, down, why] of [["de", "ltr", "Schlechte Antwort", "Was stimmt nicht?"], ["ar", "rtl", "إجابة سيئة", "ما الخطأ؟"]] as const) {
    await page.goto(site.page(`<heed-feedback response-id="${newResponse()}"></heed-feedback>`, { head: script(heed), html: `lang="${lang}" dir="${dir}"` }));
    await thumb(page, down).click();
    await expect(page.getByText(why)).toBeVisible();
    if (dir == "rtl") {
      const [thumbs, panel] = [await thumb(page, down).boundingBox(), await page.getByText(why).boundingBox()];
      expect(thumbs!.x).toBeGreaterThan(page.viewportSize()!.width / 2);
      expect(panel!.x + panel!.width).toBeGreaterThan(page.viewportSize()!.width / 2);
    }
  }
});

test("axe finds nothing, in light and dark, and targets are large enough", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.goto(site.page(`<h1>Chat</h1><p>The answer.</p><heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) + '<meta name="color-scheme" content="light dark">' }));
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    if (colorScheme == "light") await thumb(page, "Bad answer").click();
    await page.getByRole("button", { name: "Wrong or made up" }).click();
    const { violations } = await (await axe(page)).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  }
  for (const button of await page.locator("heed-feedback").getByRole("button").all()) {
    const box = await button.boundingBox();
    expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(24);
  }
});

test("plain buttons vote by an attribute", async ({ page, heed, site }) => {
  const response = newResponse();
  await page.goto(
    site.page(`<div data-response-id="${response}"><button data-heed-vote="up">Yes</button><button data-heed-vote="down">No</button></div>`, { head: script(heed) }),
  );
  await page.getByRole("button", { name: "Yes" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "up" }]);
  await page.getByRole("button", { name: "No" }).click();
  await expect(page.getByRole("button", { name: "Yes" })).toHaveAttribute("aria-pressed", "false");
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down" }]);
  await page.getByRole("button", { name: "No" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "none" }]);
});

test("without a script, a link says the same", async ({ browser, heed, site }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}"><a href="${heed.url}/f/${heed.token(response)}">Rate this answer</a></heed-feedback>`, { head: script(heed) }));
  await page.getByRole("link", { name: "Rate this answer" }).click();
  await page.getByText("Bad answer").click();
  await page.getByRole("button", { name: "Send feedback" }).click();
  await expect(page.getByRole("heading")).toHaveText("Thanks. Your feedback is saved.");
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down" }]);
  await page.close();
});

test("a page of another origin is refused", async ({ page, heed, site }) => {
  const response = newResponse();
  const address = site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) });
  await page.goto(address.replace("localhost", "127.0.0.1"));
  await thumb(page, "Good answer").click();
  await expect(page.getByRole("status")).not.toHaveText("Thanks.");
  expect(await heed.feedback(response)).toEqual([]);
});

test("what people write stays text", async ({ page, heed, site }) => {
  const response = newResponse();
  const hostile = `<img src=x onerror=alert(1)> =1+1 \u202e ` + "x".repeat(7900);
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await thumb(page, "Bad answer").click();
  await page.getByLabel("Anything to add?").fill(hostile);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(async () => (await heed.feedback(response))[0]?.comment?.length ?? 0).toBeGreaterThan(7000);
});

test("a feature has a form of its own: stars, praise and questions", async ({ page, heed, site }) => {
  const answer = await fetch(heed.url + "/v1/project", {
    method: "PATCH", headers: { Authorization: "Bearer " + heed.keys.secret_key },
    body: JSON.stringify({ forms: [{
      feature: "search", style: "stars", tags: ["wrong_price"], praise: ["accurate", "clear"], words: { praise: "Was hat gefallen?" },
      questions: [{ name: "found", text: "Did you find it?", choices: ["yes", "partly"] }, { name: "else", text: "What else?" }],
    }] }),
  });
  expect(answer.status).toBe(200);
  const response = newResponse();
  const other = newResponse();
  await page.goto(site.page(
    `<h1>Search</h1><heed-feedback lang="en" feature="search" response-id="${response}"></heed-feedback><heed-feedback lang="en" response-id="${other}"></heed-feedback>`,
    { head: script(heed) }));
  const stars = page.locator(`heed-feedback[response-id="${response}"]`);
  await stars.getByRole("button", { name: "5 of 5 stars" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "up", score: { value: 5, min: 1, max: 5 } }]);
  await expect(stars.getByText("Was hat gefallen?")).toBeVisible();
  await stars.getByRole("button", { name: "Accurate" }).click();
  await stars.getByRole("button", { name: "yes" }).click();
  await stars.getByRole("button", { name: "partly" }).click();
  await expect(stars.getByRole("button", { name: "yes" })).toHaveAttribute("aria-pressed", "false");
  await stars.getByLabel("What else?").fill("Fast too.");
  await stars.getByRole("button", { name: "Send" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ tags: ["accurate", "found:partly"], comment: "What else?\nFast too." }]);
  expect((await (await axe(page)).analyze()).violations).toEqual([]);

  await stars.getByRole("button", { name: "1 of 5 stars" }).click();
  await expect(stars.getByRole("button", { name: "wrong price" })).toBeVisible();
  await expect(stars.getByRole("button", { name: "partly" })).toHaveAttribute("aria-pressed", "false");
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "down", score: { value: 1 }, tags: [] }]);
  await stars.getByRole("button", { name: "3 of 5 stars" }).click();
  await expect.poll(() => heed.feedback(response)).toMatchObject([{ vote: "none", score: { value: 3 } }]);
  await stars.getByRole("button", { name: "3 of 5 stars" }).click(); // again: all is taken back
  await expect.poll(async () => (await heed.feedback(response))[0].score ?? null).toBeNull();

  const thumbs = page.locator(`heed-feedback[response-id="${other}"]`);
  await expect(thumbs.getByRole("button", { name: "Good answer" })).toBeVisible();
  await expect(thumbs.getByRole("button", { name: "5 of 5 stars" })).toHaveCount(0);
});
