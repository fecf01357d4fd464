/** Who may read what a person attached, and what is left of that they did. */
import { enter, expect, newResponse, ownTest as test } from "./heed.ts";

test.use({ settings: ["--attachment-days", "30"] });

test("a reviewer reads with a reason that an auditor is told, and others are denied", async ({ page, own, browser }) => {
  const ask = async (method: string, path: string, body?: object, more: Record<string, string> = {}) => {
    const answer = await fetch(`${own.url}/v1/${path}`, { method, headers: { Authorization: "Bearer " + own.keys.secret_key, ...more }, body: body && JSON.stringify(body) });
    return [answer.status, await answer.json()] as const;
  };
  const [, { id }] = await ask("POST", "feedback", { response_id: newResponse(), vote: "down", user: "ada" });
  const [, { attach }] = await ask("GET", "form");
  const { version, hash } = attach.notice;
  const consent = { version, hash, time: new Date().toISOString() };
  const words = "Do you know Ada Lovelace?";
  const [attached, { id: attachment }] = await ask("POST", "attachments", { feedback_id: id, scope: "answer", consent, parts: [{ role: "user", text: words }] });
  expect(attached).toBe(201);

  // A developer sees that there is something, has nothing to read it by, and is refused.
  const denied = await browser.newPage();
  await enter(denied, own, "dan", "developer");
  await denied.goto(`${own.url}/feedback/${id}`);
  await expect(denied.getByText("The question and its answer")).toBeVisible();
  await expect(denied.getByRole("button", { name: "Read it" })).toHaveCount(0);
  const refused = await denied.evaluate(async (id) => {
    const answer = await fetch(`/v1/attachments/${id}/reveals`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ reason: "I am curious" }) });
    return [answer.status, await answer.text()] as const;
  }, attachment);
  expect(refused[0]).toBe(403);
  expect(refused[1]).toContain("your role, developer, may not read what people attached");

  // A reviewer gives a reason: without one, nothing is asked.
  await enter(page, own, "grace", "reviewer");
  await page.goto(`${own.url}/feedback/${id}`);
  await page.getByRole("button", { name: "Read it" }).click();
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(page.getByText(words)).toHaveCount(0);
  await page.getByLabel("Why do you need to read this?").fill("Which <b>shop</b> does ada@example.com mean?");
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(page.getByText(words)).toBeVisible();

  // An auditor is told who read it and why, and nothing of what was read.
  const auditor = await browser.newPage();
  await enter(auditor, own, "joan", "auditor");
  await auditor.goto(own.url + "/audit?action=attachment.revealed");
  const log = auditor.getByRole("list", { name: "Who did what" }).getByRole("listitem");
  await expect(log).toHaveCount(2);
  await expect(log.first()).toContainText("grace read what somebody attached.");
  for (const n of [0, 1]) await expect(log.nth(n)).toContainText("Why: “Which <b>shop</b> does [EMAIL_1] mean?”");
  await expect(auditor.getByText("Lovelace")).toHaveCount(0);

  // Once the person is erased, who read is still known, and why no more.
  const [erasing, erasure] = await ask("POST", "erasures", { user: "ada" });
  expect(erasing).toBe(202);
  await expect.poll(async () => (await ask("GET", `erasures/${erasure.id}`))[1].done_at).toBeTruthy();
  await auditor.reload();
  await expect(log).toHaveCount(2);
  await expect(auditor.getByText("Why:")).toHaveCount(0);
});
