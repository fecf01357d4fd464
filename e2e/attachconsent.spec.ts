/** What people agree to, and how they take it back. */
import { attachButton, give, offered, said, select, status, text, visit } from "./attaching.ts";
import { expect, newResponse, script, test, thumb } from "./heed.ts";

test("a notice that has changed is shown and asked about again", async ({ page, heed, site }) => {
  const { server } = await visit(page, heed, site);
  await offered(page).check();
  await text(page, "Question").fill("Mine.");
  server.lines = ["Kept for 400 days.", "Seen by everybody."];
  await attachButton(page).click();
  await status(page, "The notice has changed. Please read it again before you attach.");
  await expect(page.getByText("Kept for 400 days.")).toBeVisible();
  await expect(page.getByText("Kept for 90 days.")).toHaveCount(0);
  await expect(offered(page)).not.toBeChecked();
  await expect(offered(page)).toBeFocused();
  await expect(attachButton(page)).toBeHidden();
  expect(server.stored.size).toBe(0);
  await offered(page).check();
  await attachButton(page).click();
  await status(page, "Attached.");
  expect([...server.stored.values()][0].consent.hash).toBe(server.hash);
  expect(server.opened.parts[0]!.text).toBe("Mine.");
});

test("withdrawing destroys it, also after a reload, and never touches the vote", async ({ page, heed, site }) => {
  const { server, response } = await visit(page, heed, site);
  await offered(page).check();
  await attachButton(page).click();
  await status(page, "Attached.");
  const withdraw = page.getByRole("button", { name: "Withdraw" });
  await expect(withdraw).toBeFocused();
  await expect(offered(page)).toBeHidden();
  await page.reload();
  await status(page, "Attached.");
  await give(page, said);
  server.status = 503;
  await withdraw.click();
  await status(page, "This could not be withdrawn. Please try again.");
  expect(server.stored.size).toBe(1);
  server.status = 201;
  await withdraw.click();
  await status(page, "Withdrawn and deleted. Your vote stays.");
  expect(server.stored.size).toBe(0);
  await expect(withdraw).toBeHidden();
  await expect(offered(page)).toBeFocused();
  expect(await heed.feedback(response)).toMatchObject([{ vote: "down" }]);
  await offered(page).check(); // and once more
  await attachButton(page).click();
  await status(page, "Attached.");
});

test("what was attached stays withdrawable when the vote is taken back, and gone is withdrawn", async ({ page, heed, site }) => {
  const { server } = await visit(page, heed, site);
  await offered(page).check();
  await attachButton(page).click();
  await status(page, "Attached.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await status(page, "Attached.");
  server.stored.clear(); // it has expired
  await page.getByRole("button", { name: "Withdraw" }).click();
  await status(page, "Withdrawn and deleted.");
});

test("a reviewer reads exactly what was shown, until it is withdrawn", async ({ page, heed, site }) => {
  const set = await fetch(heed.url + "/v1/project", {
    method: "PATCH", headers: { Authorization: "Bearer " + heed.keys.secret_key }, body: JSON.stringify({ attachment_days: 30 }),
  });
  expect(set.status).toBe(200);
  const form = async () => (await fetch(heed.url + "/v1/form", { headers: { Authorization: "Bearer " + heed.keys.secret_key } })).json();
  await expect.poll(async () => (await form()).attach).toBeTruthy(); // a change of settings counts within a second
  const code = new URL(heed.member("reviewer-" + newResponse(), "reviewer")).hash.slice(1);
  const entered = await fetch(heed.url + "/v1/session", { method: "POST", body: JSON.stringify({ code }) });
  const session = entered.headers.get("Set-Cookie")!.split(";")[0]!;
  const ask = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${heed.url}/v1/${path}?project=web`, { method, headers: { Cookie: session }, body: body && JSON.stringify(body) });
    return [answer.status, await answer.json()] as const;
  };

  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(heed) }));
  await give(page, said);
  await thumb(page, "Bad answer").click();
  await offered(page).check();
  await expect(page.getByText("Kept for 30 days")).toBeVisible();
  await select(text(page, "Question"), "Ada Lovelace");
  await page.getByRole("button", { name: "Strike out", exact: true }).click();
  const shown = [{ role: "user", text: await text(page, "Question").inputValue() }, { role: "assistant", text: await text(page, "Answer").inputValue() }];
  const posted = page.waitForResponse((answer) => answer.url() == heed.url + "/v1/attachments" && answer.request().method() == "POST");
  await attachButton(page).click();
  await status(page, "Attached.");
  const { id, feedback_id } = await (await posted).json();
  expect((await heed.feedback(response))[0]!.id).toBe(feedback_id);
  expect((await ask("GET", `attachments/${id}/content`))[0]).toBe(403);
  expect((await ask("POST", `attachments/${id}/reveals`, { reason: "Which shop was meant?" }))[0]).toBe(201);
  expect(await ask("GET", `attachments/${id}/content`)).toMatchObject([200, { parts: shown }]);
  await page.getByRole("button", { name: "Withdraw" }).click();
  await status(page, "Withdrawn and deleted.");
  expect((await ask("GET", `attachments/${id}/content`))[0]).toBeGreaterThan(399);
  expect(await heed.feedback(response)).toMatchObject([{ vote: "down" }]);
});
