/** The offer to attach what was said. */
import { gzipSync } from "node:zlib";
import { attachButton, give, offered, said, Server, status, text, visit } from "./attaching.ts";
import { axe, expect, newResponse, script, test, thumb } from "./heed.ts";

test("the scripts keep to their sizes, and are loaded only when they are needed", async ({ page, heed, site }) => {
  for (const [name, most] of [["attach.mjs", 2950], ["deliver.mjs", 1050], ["seal.mjs", 700]] as const) {
    const body = await (await fetch(`${heed.url}/widget/${name}`)).arrayBuffer();
    expect(gzipSync(Buffer.from(body), { level: 9 }).length, name).toBeLessThanOrEqual(most);
  }
  const loaded: string[] = [];
  const times = (name: string) => loaded.filter((url) => url.endsWith(name)).length;
  page.on("request", (request) => loaded.push(request.url()));
  const server = new Server();
  await server.serve(page, heed);
  await page.goto(site.page(`<heed-feedback response-id="${newResponse()}"></heed-feedback>`, { head: script(heed) }));
  await give(page, said);
  await expect(thumb(page, "Good answer")).toHaveAttribute("title", "Good answer"); // the form is there
  expect(times("attach.mjs")).toBe(0);
  await thumb(page, "Bad answer").click();
  await offered(page).check();
  expect([times("attach.mjs"), times("deliver.mjs")]).toEqual([1, 0]);
  await attachButton(page).click();
  await status(page, "Attached.");
  expect([times("attach.mjs"), times("deliver.mjs")]).toEqual([1, 1]);
});

test("without what was said, nothing is offered", async ({ page, heed, site }) => {
  const { server, response } = await visit(page, heed, site, { conversation: null });
  await expect.poll(() => server.traffic).toContain("attach.mjs");
  await expect(page.getByText("What went wrong?")).toBeVisible();
  await expect(offered(page)).toHaveCount(0);
  await give(page, said);
  await thumb(page, "Good answer").click(); // the page gave it since
  await page.getByRole("button", { name: "Say more" }).click();
  await expect(page.getByRole("checkbox", { name: "so the team can learn from it" })).toBeVisible();
  expect(await heed.feedback(response)).toHaveLength(1);
  expect(server.stored.size).toBe(0);
});

test("another answer in the same element begins anew", async ({ page, heed, site }) => {
  await visit(page, heed, site);
  await offered(page).check();
  await page.evaluate(() => document.querySelector("heed-feedback")!.setAttribute("response-id", "another-" + Math.random()));
  await expect(offered(page)).toHaveCount(0);
  await thumb(page, "Bad answer").click();
  await expect(offered(page)).not.toBeChecked();
});

test("what is ticked does not vanish with the form, and the keyboard does everything", async ({ page, heed, site }) => {
  const { server } = await visit(page, heed, site);
  await offered(page).press("Space");
  await page.getByRole("button", { name: "Send", exact: true }).press("Enter");
  await expect(page.getByText("What went wrong?")).toBeHidden();
  await expect(text(page, "Question")).toBeVisible();
  await text(page, "Question").press("Control+a");
  await page.getByRole("button", { name: "Strike out", exact: true }).press("Enter");
  await expect(text(page, "Question")).toHaveValue("▮▮▮▮▮");
  await expect(text(page, "Question")).toBeFocused();
  await attachButton(page).press("Enter");
  await status(page, "Attached.");
  expect(server.opened.parts[0]!.text).toBe("▮▮▮▮▮");
});

test("with a token it belongs to the token's own feedback", async ({ page, heed, site }) => {
  const server = new Server();
  await server.serve(page, heed);
  const response = newResponse();
  await page.goto(site.page(`<heed-feedback response-id="${response}" token="${heed.token(response)}"></heed-feedback>`, { head: script(heed) }));
  await give(page, said);
  await thumb(page, "Bad answer").click();
  await offered(page).check();
  await attachButton(page).click();
  await status(page, "Attached.");
  const feedback = await heed.feedback(response);
  expect(feedback).toMatchObject([{ vote: "down", trust: "token" }]);
  expect([...server.stored.values()][0].feedback_id).toBe(feedback[0]!.id);
  expect(server.opened.parts).toHaveLength(2);
});

test("a page under a strict policy needs no exception, and hostile text stays text", async ({ page, heed, site }) => {
  const hostile = `<img src=x onerror=alert(1)> \u202e a@b.co<script>alert(1)</script>`;
  const { server } = await visit(page, heed, site, {
    conversation: [{ role: "user", text: hostile }, { role: "assistant", text: hostile }, { role: "oracle", text: "?" }, { role: "user" }],
    headers: { "Content-Security-Policy": `default-src 'none'; script-src ${heed.url}; connect-src ${heed.url}; require-trusted-types-for 'script'; trusted-types 'none'` },
  });
  await offered(page).check();
  await page.getByRole("button", { name: "Strike out what is marked" }).click();
  await attachButton(page).click();
  await status(page, "Attached.");
  expect(server.opened.parts).toHaveLength(2);
  expect(server.opened.parts[0]!.text).toMatch(/^<img src=x onerror=alert\(1\)> \u202e ▮▮▮▮▮/);
  expect(server.traffic).not.toMatch(/Content Security Policy|Trusted/);
});

for (const [look, dir] of [["light", "ltr"], ["dark", "ltr"], ["dark", "rtl"]] as const)
  test(`axe finds nothing in any state: ${look}, ${dir}`, async ({ page, heed, site }) => {
    const check = async () => {
      const { violations } = await (await axe(page)).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    };
    await page.emulateMedia({ colorScheme: look });
    await visit(page, heed, site, dir == "rtl" ? { html: 'lang="ar" dir="rtl"', vote: "إجابة سيئة" } : {});
    await check();
    await page.locator(".attach").getByRole("checkbox").check();
    for (const scope of ["answer", "messages", "conversation"]) {
      await page.getByRole("combobox").selectOption(scope);
      await check();
    }
    await page.locator(".attach .send").click();
    await expect(page.locator(".attach .undo")).toBeVisible();
    await check();
  });
