/** What becomes of an attachment on its way. */
import { attachButton, offered, said, Server, status, text, visit } from "./attaching.ts";
import { expect, test } from "./heed.ts";

test("what cannot be sent is said, and kept nowhere but in front of the person", async ({ page, heed, site }) => {
  const { server, response } = await visit(page, heed, site);
  await offered(page).check();
  for (const [code, word] of [[503, "Not sent, and not kept on this device."], [429, "Not sent"], [413, "This is too much to attach."], [403, "This could not be attached. Your vote is saved."]] as const) {
    server.status = code;
    await attachButton(page).press("Enter");
    await status(page, word);
    await expect(attachButton(page)).toBeFocused();
  }
  await page.route(heed.url + "/v1/*", (route) => route.abort());
  await attachButton(page).click();
  await status(page, "Not sent, and not kept on this device.");
  await expect(text(page, "Question")).toHaveValue(said[3]!.text);
  await expect(offered(page)).toBeChecked();
  expect(server.stored.size).toBe(0);
  expect(await heed.feedback(response)).toMatchObject([{ vote: "down" }]);
});

test("what is on its way cannot be changed, nor sent twice", async ({ page, heed, site }) => {
  const { server } = await visit(page, heed, site);
  await offered(page).check();
  let deliver = () => {};
  const held = new Promise<void>((done) => (deliver = done));
  await page.route(heed.url + "/v1/feedback", async (route) => {
    await held;
    await route.continue();
  });
  await attachButton(page).dblclick();
  await status(page, "Sealing…");
  await page.locator(".attach textarea:visible").first().evaluate((area: HTMLTextAreaElement) => area.focus());
  await page.keyboard.type("Later.");
  await attachButton(page).click();
  deliver();
  await status(page, "Attached.");
  expect(server.stored.size).toBe(1);
  expect(server.opened.parts[0]!.text).toBe(said[3]!.text);
});

test("more than the server takes is not even sent", async ({ page, heed, site }) => {
  const server = new Server();
  server.maxBytes = 100_000;
  await visit(page, heed, site, { server, conversation: [{ role: "user", text: "x" }, { role: "assistant", text: "word ".repeat(20_000) }] });
  await offered(page).check();
  await attachButton(page).click();
  await status(page, "This is too much to attach. Please choose less.");
  expect(server.traffic).not.toContain("/v1/attachments");
  await text(page, "Answer").fill("word ".repeat(15_000));
  await attachButton(page).click();
  await status(page, "Attached.");
  expect(server.opened.parts[1]!.text).toHaveLength(75_000);
});

test("a key that is none seals nothing, and says so", async ({ page, heed, site }) => {
  const server = new Server();
  Object.assign(server, { publicKey: "BAAA" });
  await visit(page, heed, site, { server });
  await offered(page).check();
  await attachButton(page).click();
  await status(page, "This could not be attached. Your vote is saved.");
  expect(server.traffic).not.toContain("/v1/attachments");
  await expect(attachButton(page)).toBeEnabled();
});
