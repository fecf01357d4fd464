import { readFileSync } from "node:fs";
import { axe, enter, expect, newResponse, ownTest as test, script, thumb } from "./heed.ts";

const languages = ["en", "ar", "de", "es", "fr", "ja", "pt", "zh"];

test("the public page tells people what is set, in their language, without script or cookie", async ({ browser, own }) => {
  own.updateProject("ours", "--controller", "Acme <i>Ltd</i>", "--privacy-contact", "dpo@acme.example", "--attachment-days", "30");
  const at = `${own.url}/privacy/${own.keys.project}`;
  for (const [colorScheme, width] of [["light", 1280], ["dark", 390]] as const) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 844 }, javaScriptEnabled: true });
    const page = await context.newPage();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).origin));
    const problems: string[] = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    const titles = new Set<string>();
    for (const language of languages) {
      await page.goto(`${at}?lang=${language}`);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      titles.add((await page.getByRole("heading", { level: 1 }).textContent())!);
      await expect(page.getByRole("link", { name: "dpo@acme.example" })).toHaveAttribute("href", "mailto:dpo@acme.example");
      await expect(page.getByText("Acme <i>Ltd</i>")).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), language).toBeLessThanOrEqual(width);
      if (language !== "en" && language !== "ar") continue; // one for each direction
      const { violations } = await (await axe(page)).analyze();
      expect(violations.map(({ id }) => id), language).toEqual([]);
    }
    expect(titles.size).toBe(languages.length);
    expect(await page.locator("script").count()).toBe(0);
    expect(new Set(asked)).toEqual(new Set([own.url]));
    expect(problems).toEqual([]);
    expect(await context.cookies()).toEqual([]);
    await context.close();
  }
});

test("the public page follows the settings, and the browser's languages", async ({ browser, own }) => {
  const at = `${own.url}/privacy/${own.keys.project}`;
  const context = await browser.newContext({ locale: "fr-CA" });
  const page = await context.newPage();
  await page.goto(at);
  await expect(page.getByRole("heading", { name: "Ce que devient votre avis" })).toBeVisible();
  await page.getByRole("link", { name: "English" }).click();
  await expect(page.getByText("The question and the answer are not stored.")).toBeVisible();
  await expect(page.getByText("Ask whoever runs the product")).toBeVisible();
  own.updateProject("ours", "--content", "redacted", "--attachment-days", "7", "--privacy-contact", "https://acme.example/privacy");
  await expect.poll(async () => (await fetch(`${at}?lang=en`)).text()).toContain("redacted, then encrypted"); // a server looks at settings each second
  await page.goto(`${at}?lang=en&again=${newResponse()}`); // past what the browser keeps
  await expect(page.getByText("redacted, then encrypted")).toBeVisible();
  await expect(page.getByText("7 days")).toBeVisible();
  await expect(page.getByRole("link", { name: "https://acme.example/privacy" })).toHaveAttribute("href", "https://acme.example/privacy");
  const unknown = await page.goto(own.url + "/privacy/prj_0000000000000000?lang=en");
  expect(unknown?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await context.close();
});

test("the form links to the public page once there is a contact", async ({ page, heed, site }) => {
  heed.updateProject("web", "--attachment-days", "30", "--privacy-contact", "dpo@acme.example");
  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await page.locator("heed-feedback").evaluate((element) => Object.assign(element, { conversation: [{ role: "user", text: "Are you open?" }, { role: "assistant", text: "Yes." }] }));
  await thumb(page, "Bad answer").click();
  await page.getByRole("button", { name: "Show what will be sent" }).click();
  const [told] = await Promise.all([page.waitForEvent("popup"), page.getByRole("link", { name: "More about your data" }).click()]);
  await expect(told).toHaveURL(`${heed.url}/privacy/${heed.keys.project}`);
  await expect(told.getByRole("heading", { name: "What happens to your feedback" })).toBeVisible();
});

test("a privacy officer looks a person up, tells, erases, and has the receipt", async ({ page, own }) => {
  own.updateProject("ours", "--attachment-days", "30");
  await own.events(
    { type: "response", response_id: "r1", user: "u-ada" }, { type: "feedback", response_id: "r1", vote: "down", comment: "wrong", user: "u-ada" },
    { type: "feedback", response_id: "r2", vote: "up", user: "u-bob" },
  );
  await enter(page, own, "grace", "privacy_officer");
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.getByRole("link", { name: "Privacy", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("attachments destroyed after 30 days. Nobody has asked to be erased.");
  const user = page.getByLabel("Id of the person");
  await user.fill("u-nobody");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByText("Nothing is kept under this id.")).toBeVisible();
  await user.fill("u-ada");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByText("1 piece of feedback, 1 answer, 0 attachments.")).toBeVisible();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Everything, as a file" }).click()]);
  expect(JSON.parse(readFileSync(await file.path(), "utf8"))).toMatchObject({ feedback: [{ comment: "wrong" }], responses: [{ response_id: "r1" }] });

  page.once("dialog", (dialog) => void dialog.dismiss());
  await page.getByRole("button", { name: "Erase this person" }).click();
  await expect(page.getByText("Kept about this person")).toBeVisible();
  page.once("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Erase this person" }).click();
  await expect(page.getByText("Erased.", { exact: true })).toBeVisible();
  await expect(user).toHaveValue("");
  const [receipt] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Receipt", exact: true }).click()]);
  expect(JSON.parse(readFileSync(await receipt.path(), "utf8")).statement).toMatchObject({ erased: { feedback: 1, responses: 1 } });
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 person was erased");
  await expect(page.getByRole("button", { name: /^Receipt of era_/ })).toBeVisible();
  await user.fill("u-ada");
  await page.getByRole("button", { name: "Look up" }).click();
  await expect(page.getByText("Nothing is kept under this id.")).toBeVisible();
  expect(addresses.filter((address) => address.includes("u-ada"))).toEqual([]);

  const [record] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Record of processing" }).click()]);
  expect(record.suggestedFilename()).toBe("record.md");
  expect(readFileSync(await record.path(), "utf8")).toContain("attachments: destroyed after 30 days");
  const [told] = await Promise.all([page.waitForEvent("popup"), page.getByRole("link", { name: "What people are told" }).click()]);
  await expect(told.getByRole("heading", { name: "What happens to your feedback" })).toBeVisible();
});

test("an auditor reads the page, and can ask nothing about a person", async ({ page, own }) => {
  const made = await fetch(own.url + "/v1/endpoints", {
    method: "POST", headers: { Authorization: "Bearer " + own.keys.secret_key },
    body: JSON.stringify({ name: "the warehouse", kind: "webhook", url: "https://in.example/secret", events: ["feedback.*"] }),
  });
  expect(made.status).toBe(201);
  await enter(page, own, "audit", "auditor");
  await page.getByRole("link", { name: "Privacy", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("ours keeps what people say of answers under pseudonyms");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 receiver outside is sent something");
  await expect(page.getByRole("region", { name: "Who receives it" }).getByRole("row", { name: "the warehouse" })).toContainText("in.exampleeach feedback: ids, times, vote, score, tags");
  await expect(page.getByLabel("Id of the person")).toHaveCount(0);
  await expect(page.getByRole("link", { name: /^Change/ })).toHaveCount(0);
  await page.getByText("One row per feedback, in its current state.").click();
  await expect(page.getByRole("cell", { name: "the texts, redacted" })).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await (await axe(page)).analyze();
    expect(violations.map(({ id }) => id), colorScheme).toEqual([]);
  }
  own.createProject("theirs", []);
  await page.goto(own.url + "/privacy?project=theirs");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("theirs keeps");
  await page.getByLabel("Project").selectOption("ours");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("ours keeps");
});

test("who answers for it is set in Settings", async ({ page, own }) => {
  await enter(page, own, "ada", "admin");
  await page.goto(own.url + "/settings/privacy");
  await page.getByLabel("Name").fill("Acme Ltd");
  await page.getByLabel("Contact").fill("x".repeat(257)); // the browser cuts it
  await page.getByLabel("Contact").fill("dpo@acme.example");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Privacy", exact: true }).first().click();
  await expect(page.getByText("dpo@acme.example")).toBeVisible();
  const form = await (await fetch(`${own.url}/v1/form`, { headers: { Authorization: "Bearer " + own.keys.secret_key } })).json();
  expect(form.privacy).toBe(`/privacy/${own.keys.project}`);
});
