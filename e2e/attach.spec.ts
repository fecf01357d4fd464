import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page, Route } from "@playwright/test";
import { createECDH, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, newResponse, script, test, thumb, type Heed, type Site } from "./heed.ts";
import { open } from "./hpke.mjs";

const said = [
  { role: "system", text: "You are the assistant of Café Lyon." },
  { role: "user", text: "Do you have tables outside?" },
  { role: "assistant", text: "Yes, twelve." },
  { role: "user", text: "When do you open? I am Ada Lovelace, ada@example.com, +33 6 12 34 56 78." },
  { role: "assistant", text: "At 7 on Sundays.\nYour IBAN DE89 3704 0044 0532 0130 00 is saved." },
];

/** Plays the server's half of attachments, and holds what arrived. */
class Server {
  #key = createECDH("prime256v1");
  readonly publicKey = this.#key.generateKeys().toString("base64url");
  lines = ["Kept for 90 days.", "Seen by the support team of Café Lyon, one at a time, with a reason.", "Not used to train models."];
  maxBytes = 5 << 20;
  status = 201;
  stored = new Map<string, any>();
  /** All that the page sent, as one text. */
  traffic = "";

  get hash() {
    return createHash("sha256").update(this.lines.join("\n")).digest("hex");
  }

  get attach() {
    return {
      key_id: "ak_1", public_key: this.publicKey, info: "heed/attachment/v1/p_1/ak_1", max_bytes: this.maxBytes,
      notice: { version: "1", hash: this.hash, lines: this.lines },
    };
  }

  async serve(page: Page, heed: Heed): Promise<void> {
    page.on("request", (request) => (this.traffic += request.url() + JSON.stringify(request.headers()) + request.postData() + "\n"));
    page.on("console", (message) => (this.traffic += message.text() + "\n"));
    const release = await (await fetch(heed.url + "/widget/v1.json")).json();
    await page.route(heed.url + "/v1/form*", async (route) => {
      const response = await route.fetch();
      const form = await response.json();
      const words = JSON.parse(readFileSync(join(import.meta.dirname, `../internal/capture/widget/words/${form.lang}.json`), "utf8")).attach;
      await route.fulfill({ response, json: { ...form, words: { ...words, ...form.words }, attach: { ...this.attach, script: release.scripts["attach.mjs"].path } } });
    });
    await page.route(heed.url + "/v1/attachments**", (route) => this.#answer(route));
  }

  async #answer(route: Route): Promise<void> {
    const headers = {
      "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST, DELETE", "Access-Control-Allow-Headers": "Authorization, Content-Type",
    };
    const request = route.request();
    const reply = (status: number, json: object = {}) => route.fulfill({ status, headers, json });
    if (request.method() == "OPTIONS") return reply(200);
    if (this.status > 299) return reply(this.status);
    if (request.method() == "DELETE") return reply(this.stored.delete(request.url().split("/").at(-1)!) ? 200 : 404);
    const body = request.postDataJSON();
    if (body.consent.hash != this.hash) return reply(409);
    const id = "att_" + (this.stored.size + 1);
    this.stored.set(id, { ...body, authorization: request.headers().authorization });
    await reply(201, { id, feedback_id: body.feedback_id, scope: body.scope, bytes: body.sealed.length, expires_at: "2027-01-01T00:00:00Z" });
  }

  /** What the only stored attachment holds, opened with the private key. */
  get opened(): { parts: { role: string; text: string }[] } {
    return JSON.parse(this.plain);
  }

  get plain(): string {
    const [{ feedback_id, sealed }] = [...this.stored.values()];
    return open(this.#key.getPrivateKey(), this.attach.info, feedback_id, Buffer.from(sealed, "base64")).toString();
  }
}

const offered = (page: Page) => page.getByRole("checkbox", { name: "Attach this question and answer" });
const text = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
const status = (page: Page, text: string) => expect(page.getByRole("status").getByText(text)).toBeVisible();
const attachButton = (page: Page) => page.getByRole("button", { name: "Attach", exact: true });

/** Gives the element what was said, as a page does. */
const give = (page: Page, messages: object[]) =>
  page.locator("heed-feedback").evaluate((element, messages) => Object.assign(element, { conversation: messages }), messages);

/** Selects the first place of a word in a text area, as a person would. */
async function select(area: Locator, word: string): Promise<void> {
  await area.focus();
  await area.evaluate((element: HTMLTextAreaElement, word) => {
    const at = element.value.indexOf(word);
    element.setSelectionRange(at, at + word.length);
  }, word);
}

interface Opening {
  conversation?: object[] | null;
  attributes?: string;
  vote?: string;
  html?: string;
  headers?: Record<string, string>;
  server?: Server;
}

/** Opens a page with an answer, the widget and what was said, and votes. */
async function visit(page: Page, heed: Heed, site: Site, { conversation = said, attributes = "", vote = "Bad answer", html = "", headers = {}, server = new Server() }: Opening = {}) {
  await server.serve(page, heed);
  const response = newResponse();
  await page.goto(
    site.page(`<h1>Chat</h1><p>At 7 on Sundays.</p><heed-feedback response-id="${response}" ${attributes}></heed-feedback>`, {
      head: script(heed) + '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">', html, headers,
    }),
  );
  if (conversation) await give(page, conversation);
  await thumb(page, vote).click();
  await expect.poll(() => heed.feedback(response)).toHaveLength(1);
  return { server, response };
}

test("the script keeps to its size, and is loaded only after a vote", async ({ page, heed, site }) => {
  const body = await (await fetch(`${heed.url}/widget/attach.mjs`)).arrayBuffer();
  expect(gzipSync(Buffer.from(body), { level: 9 }).length).toBeLessThanOrEqual(3750);
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  const server = new Server();
  await server.serve(page, heed);
  await page.goto(site.page(`<heed-feedback response-id="${newResponse()}"></heed-feedback>`, { head: script(heed) }));
  await give(page, said);
  await expect(thumb(page, "Good answer")).toHaveAttribute("title", "Good answer"); // the form is there
  expect(loaded.filter((url) => url.endsWith("attach.mjs"))).toEqual([]);
  await thumb(page, "Bad answer").click();
  await expect(offered(page)).toBeVisible();
  expect(loaded.filter((url) => url.endsWith("attach.mjs"))).toHaveLength(1);
});

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

for (const [look, dir] of [["light", "ltr"], ["dark", "ltr"], ["dark", "rtl"]] as const)
  test(`axe finds nothing in any state: ${look}, ${dir}`, async ({ page, heed, site }) => {
    const check = async () => {
      const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
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
