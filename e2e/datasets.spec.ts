import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { axe, enter, expect, ownTest as test, type Heed } from "./heed.ts";

/** Each test has a server of its own, with a project that keeps content and takes attachments. */
test.use({ settings: ["--content", "redacted", "--attachment-days", "30"] });

/** A question, an answer, and what somebody said of it. */
const said = (id: string, question: string, answer: string, feedback: object) => [
  { type: "response", response_id: `r-${id}`, user: `u-${id}`, feature: "search", input: question, output: answer },
  { type: "feedback", id, response_id: `r-${id}`, user: `u-${id}`, ...feedback },
];

async function make(page: Page, name: string, purpose: "Evaluation" | "Training"): Promise<void> {
  await page.getByRole("button", { name: "Make a dataset" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("radio", { name: purpose }).check();
  await page.getByRole("button", { name: "Make it" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(`${name}. No version of it was built yet.`);
}

/** Downloads a file that a link names and returns what is in it. */
async function downloaded(page: Page, link: string): Promise<{ name: string; text: string }> {
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: link, exact: true }).click();
  const file = await coming;
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), "utf8") };
}

const accessible = async (page: Page) => {
  const { violations } = await (await axe(page)).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`)).toEqual([]);
};

test("a reviewer marks feedback, builds a dataset of it, and takes a mark back", async ({ page, own }) => {
  await own.events(...said("fb_1", "Capital of France?", "Lyon.", { vote: "down", tags: ["incorrect"], correction: "Paris." }), ...said("fb_2", "Where is Bonn?", "On the Rhine.", { vote: "up" }));
  await enter(page, own, "ada", "reviewer");
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing is marked for datasets yet.");
  await accessible(page);
  for (const id of ["fb_1", "fb_2"]) {
    await page.goto(`${own.url}/feedback/${id}`);
    await page.getByRole("button", { name: "Use for training" }).click();
    await expect(page.getByText("with its texts")).toBeVisible();
  }
  await page.goto(own.url + "/datasets");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("0 items may be used for evaluation, and 2 for training.");
  await make(page, "Help desk", "Training");
  await page.getByRole("button", { name: "Build a version" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Version 1 has 2 items of 2 people, 2 with question and answer.");
  const dpo = await downloaded(page, "dpo");
  expect(dpo.name).toBe("help-desk-v1.dpo.jsonl");
  expect(JSON.parse(dpo.text)).toMatchObject({
    prompt: [{ role: "user", content: "Capital of France?" }], chosen: [{ role: "assistant", content: "Paris." }], rejected: [{ role: "assistant", content: "Lyon." }],
    provenance: { feedback_id: "fb_1", trust: "server", use: "training", content: "stored", pair: "correction" },
  });
  const card = await downloaded(page, "The card");
  expect(card.text).toContain("# Help desk, version 1");
  await accessible(page);

  await page.goto(own.url + "/feedback/fb_1");
  await page.getByRole("button", { name: "Take back" }).click();
  await expect(page.getByRole("button", { name: "Use for training" })).toBeVisible();
  await page.goto(own.url + "/datasets");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 dataset must be built again.");
  await page.getByRole("link", { name: "Help desk" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Version 1 is stale: a reviewer took a mark back. Its files are not served any more");
  await expect(page.getByRole("link", { name: "dpo", exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Build the next version" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Version 2 has 1 item of 1 person");
  page.once("dialog", (asked) => { expect(asked.message()).toContain("Delete Help desk? Its versions and cards go with it."); void asked.accept(); });
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("There is no dataset.")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("0 items may be used for evaluation, and 1 for training.");
});

test("what a filter keeps is marked without texts", async ({ page, own }) => {
  await own.events(...Array.from({ length: 30 }, (_, i) => said(`fb_${i}`, "Secret question?", "Secret answer.", { vote: "down", comment: "Secret.", user: "u-1" })).flat());
  await enter(page, own, "ada", "reviewer");
  await page.goto(own.url + "/feedback?vote=down");
  await page.getByRole("button", { name: "Mark for datasets" }).click();
  await expect(page.getByRole("dialog")).toContainText("Nobody looked at each, so votes, tags and names are used, and no text.");
  await page.getByRole("button", { name: "Mark", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("30 items for evaluation, 30 of them new.");
  await page.getByRole("button", { name: "Good" }).click();
  await page.goto(own.url + "/datasets");
  await make(page, "Bad votes", "Evaluation");
  await page.getByRole("button", { name: "Build a version" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Version 1 has 20 items of 1 person, none with question and answer.");
  await expect(page.getByText("20 items of 30 marked, 10 beyond the cap")).toBeVisible();
  const rows = await downloaded(page, "csv");
  expect(rows.text).not.toContain("Secret");
});

test("what somebody attached is used for evaluation by whoever read it", async ({ page, own }) => {
  await own.events(...said("fb_1", "", "", { vote: "down" }));
  const headers = { Authorization: "Bearer " + own.keys.secret_key };
  const { attach } = await (await fetch(own.url + "/v1/form", { headers })).json();
  const answer = await fetch(own.url + "/v1/attachments", {
    method: "POST", headers, body: JSON.stringify({
      feedback_id: "fb_1", scope: "answer", consent: { version: attach.notice.version, hash: attach.notice.hash, time: new Date().toISOString() },
      parts: [{ role: "user", text: "Am I ada@example.com?" }, { role: "assistant", text: "No." }],
    }),
  });
  expect(answer.status).toBe(201);
  await enter(page, own, "ada", "reviewer");
  // What comes later moves nothing from under the pointer.
  let come = () => {};
  const held = new Promise<void>((resolve) => (come = resolve));
  await page.route(/\/v1\/(stats|feedback\/fb_1\/marks)(\?|$)/, (route) => held.then(() => route.continue()));
  await page.goto(own.url + "/feedback/fb_1");
  const read = page.getByRole("button", { name: "Read it" });
  const before = await read.boundingBox();
  await expect(page.getByRole("button", { name: "Use for training" })).toBeDisabled();
  come();
  await expect(page.getByRole("button", { name: "Use for training" })).toBeEnabled();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 bad vote");
  expect(await read.boundingBox()).toEqual(before);
  await read.click();
  await page.getByLabel("Why do you need to read this?").fill("for the test cases");
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(page.getByText("Am I ada@example.com?")).toBeVisible();
  await expect(page.getByText("The person was told that it trains no models")).toBeVisible();
  await accessible(page);
  await page.getByRole("button", { name: "Use for evaluation" }).last().click();
  await expect(page.getByText("Used for evaluation.")).toBeVisible();
  await expect(page.getByText("with what is attached")).toBeVisible();
  await page.goto(own.url + "/datasets");
  await make(page, "Regressions", "Evaluation");
  await page.getByRole("button", { name: "Build a version" }).click();
  await expect(page.getByText(/1 by notice \d+-en/)).toBeVisible();
  const cases = await downloaded(page, "promptfoo");
  expect(JSON.parse(cases.text)).toMatchObject({ vars: { heed: { question: "Am I [EMAIL_1]?", answer: "No." } }, metadata: { content: "attached", use: "evaluation" } });
});

test("a developer sees what there is, and has no files", async ({ page, own }) => {
  await own.events(...said("fb_1", "Capital of France?", "Lyon.", { vote: "down" }));
  await enter(page, own, "dev", "developer");
  await page.goto(own.url + "/datasets");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("button", { name: "Make a dataset" })).toHaveCount(0);
  await page.goto(own.url + "/feedback/fb_1");
  await expect(page.getByRole("article")).toContainText("Sent by");
  await expect(page.getByRole("button", { name: /^Use for/ })).toHaveCount(0);
});
