/** The text that is attached: shown, changed and struck out by its person. */
import { attachButton, offered, said, select, status, text, visit } from "./attaching.ts";
import { expect, test } from "./heed.ts";

test("what is sealed is exactly what was shown, and nothing of it leaves in the clear", async ({ page, heed, site }) => {
  const { server, response } = await visit(page, heed, site);
  await expect(offered(page)).not.toBeChecked();
  await expect(text(page, "Question")).toBeHidden();
  await page.getByRole("button", { name: "Show what will be sent" }).click();
  await expect(text(page, "Question")).toHaveValue(said[3]!.text);
  await expect(text(page, "Answer")).toHaveValue(said[4]!.text);
  await expect(page.locator("mark")).toHaveText(["ada@example.com", "+33 6 12 34 56 78", "DE89 3704 0044 0532 0130 00"]);
  await expect(attachButton(page)).toBeHidden();
  await offered(page).check();
  for (const line of server.lines) await expect(page.getByText(line)).toBeVisible();

  await select(text(page, "Question"), "Ada Lovelace");
  await page.getByRole("button", { name: "Strike out", exact: true }).click();
  await expect(text(page, "Question")).toHaveValue("When do you open? I am ▮▮▮▮▮, ada@example.com, +33 6 12 34 56 78.");
  await page.getByRole("button", { name: "Strike out what is marked" }).click();
  await expect(page.locator("mark")).toHaveCount(0);
  await text(page, "Answer").press("End");
  await text(page, "Answer").pressSequentially(" Nine.");

  const shown = [{ role: "user", text: await text(page, "Question").inputValue() }, { role: "assistant", text: await text(page, "Answer").inputValue() }];
  expect(shown[0]!.text).toBe("When do you open? I am ▮▮▮▮▮, ▮▮▮▮▮, ▮▮▮▮▮.");
  expect(shown[1]!.text).toContain(" Nine.");
  await attachButton(page).click();
  await status(page, "Attached.");
  expect(server.opened).toEqual({ parts: shown });
  expect(Buffer.from(server.plain).length % 4096).toBe(0);
  const [body] = [...server.stored.values()];
  const [feedback] = await heed.feedback(response);
  expect(body).toMatchObject({ feedback_id: feedback!.id, scope: "answer", key_id: "ak_1", consent: { version: "1", hash: server.hash } });
  expect(Math.abs(Date.parse(body.consent.time) - Date.now())).toBeLessThan(60_000);
  expect(body.authorization).toBe("Bearer " + heed.keys.publishable_key);
  expect(feedback).toMatchObject({ vote: "down", comment: null });

  const kept = await page.evaluate(async () => {
    const databases = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((done) => {
        const request = indexedDB.open(name!);
        request.onsuccess = () => done(request.result);
      });
      for (const store of database.objectStoreNames)
        databases.push(await new Promise((done) => {
          const request = database.transaction(store).objectStore(store).getAll();
          request.onsuccess = () => done(request.result);
        }));
    }
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases, document.querySelector("heed-feedback")!.shadowRoot!.innerHTML]);
  });
  for (const raw of ["Lovelace", "ada@", "6 12 34", "When do you open", "Nine.", "Café Lyon.", "twelve"]) {
    expect(server.traffic).not.toContain(raw);
    expect(kept).not.toContain(raw);
  }
});

test("a strike can be undone as any other change, and marks follow what is typed", async ({ page, heed, site }) => {
  await visit(page, heed, site);
  await offered(page).check();
  const question = text(page, "Question");
  await select(question, "Ada");
  await page.getByRole("button", { name: "Strike out", exact: true }).click();
  await expect(question).toHaveValue(/I am ▮▮▮▮▮ Lovelace/);
  await question.press("Control+z");
  await expect(question).toHaveValue(said[3]!.text);
  await question.press("ArrowRight"); // nothing is selected now
  await page.getByRole("button", { name: "Strike out", exact: true }).click();
  await expect(question).toHaveValue(said[3]!.text);
  const marks = page.locator(".text:has(textarea:focus) mark");
  for (const [written, marked] of [
    ["No. 4111 1111 1111 1111 on 2026-11-28 14:30, <b>bold</b>", ["4111 1111 1111 1111"]],
    ["(030) 1234 5678 or +1-555-010-9999, ext. 12", ["(030) 1234 5678", "+1-555-010-9999"]],
    ["GB82 WEST 1234 5698 7654 32; ٠٥٠١٢٣٤٥٦٧; x.y@mail.example.org.", ["GB82 WEST 1234 5698 7654 32", "٠٥٠١٢٣٤٥٦٧", "x.y@mail.example.org"]],
    ["550e8400-e29b-41d4-a716-446655440000, v1.2.3.4, order 1234567, @ada", []],
  ] as const) {
    await question.fill(written);
    await expect(marks).toHaveText([...marked]);
  }
});

test("the scope is this answer, chosen messages or the conversation", async ({ page, heed, site }) => {
  const { server } = await visit(page, heed, site);
  await offered(page).check();
  const scope = page.getByRole("combobox", { name: "What to attach" });
  await expect(page.getByRole("textbox")).toHaveCount(4); // a comment, a correction, a question, an answer
  await scope.selectOption("The whole conversation");
  await expect(text(page, "Instructions")).toHaveValue(said[0]!.text);
  await expect(text(page, "Question")).toHaveCount(2);
  await scope.selectOption("Messages that I choose");
  await expect(text(page, "Instructions")).toBeHidden();
  await expect(attachButton(page)).toBeDisabled();
  await page.getByRole("checkbox", { name: "Answer" }).last().check();
  await page.getByRole("checkbox", { name: "Instructions" }).check();
  await attachButton(page).click();
  await status(page, "Attached.");
  expect([...server.stored.values()][0].scope).toBe("messages");
  expect(server.opened.parts).toEqual([said[0], said[4]]);
});

test("it fits a phone in every scope, and marks lie under their words in both directions", async ({ page, heed, site }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await visit(page, heed, site, { html: 'lang="ar" dir="rtl"', vote: "إجابة سيئة", conversation: [...said, { role: "user", text: "متى تفتحون؟ 4111111111111111\n" + "long".repeat(99) }] });
  await page.getByRole("checkbox").check();
  for (const scope of ["messages", "conversation", "answer"]) {
    await page.getByRole("combobox").selectOption(scope);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  }
  for (const area of await page.locator(".text textarea:visible").all()) {
    const [text, marks] = await area.evaluate((element: HTMLTextAreaElement) =>
      [element, element.previousElementSibling!].map((part) => {
        const { direction, unicodeBidi, textAlign, font, lineHeight, overflowWrap, paddingTop, paddingLeft } = getComputedStyle(part);
        const width = part.clientWidth - 2 * parseFloat(paddingLeft);
        return { direction, unicodeBidi, textAlign, font, lineHeight, overflowWrap, width, height: part.scrollHeight - 2 * parseFloat(paddingTop) };
      }));
    expect(marks).toEqual(text);
  }
});
