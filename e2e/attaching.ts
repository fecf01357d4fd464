/** What the tests of attaching share: the server's half, played, and a page with the widget on it. */
import type { Locator, Page, Route } from "@playwright/test";
import { createECDH, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, newResponse, script, thumb, type Heed, type Site } from "./heed.ts";
import { open } from "./hpke.mjs";

export const said = [
  { role: "system", text: "You are the assistant of Café Lyon." },
  { role: "user", text: "Do you have tables outside?" },
  { role: "assistant", text: "Yes, twelve." },
  { role: "user", text: "When do you open? I am Ada Lovelace, ada@example.com, +33 6 12 34 56 78." },
  { role: "assistant", text: "At 7 on Sundays.\nYour IBAN DE89 3704 0044 0532 0130 00 is saved." },
];

/** Plays the server's half of attachments, and holds what arrived. */
export class Server {
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
      await route.fulfill({ response, json: { ...form, words: { ...words, ...form.words }, attach: { ...this.attach, script: release.scripts["attach.mjs"].path, deliver: release.scripts["deliver.mjs"].path } } });
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

export const offered = (page: Page) => page.getByRole("checkbox", { name: "Attach this question and answer" });
export const text = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
export const status = (page: Page, text: string) => expect(page.getByRole("status").getByText(text)).toBeVisible();
export const attachButton = (page: Page) => page.getByRole("button", { name: "Attach", exact: true });

/** Gives the element what was said, as a page does. */
export const give = (page: Page, messages: object[]) =>
  page.locator("heed-feedback").evaluate((element, messages) => Object.assign(element, { conversation: messages }), messages);

/** Selects the first place of a word in a text area, as a person would. */
export async function select(area: Locator, word: string): Promise<void> {
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
export async function visit(page: Page, heed: Heed, site: Site, { conversation = said, attributes = "", vote = "Bad answer", html = "", headers = {}, server = new Server() }: Opening = {}) {
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
