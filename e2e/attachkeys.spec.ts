/** Attachments whose key only the customer has: from the person to who opens them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { give, said } from "./attaching.ts";
import { binary, enter, expect, newResponse, ownTest, script } from "./heed.ts";

/** Each test has a server of its own, and a folder for key files. */
const test = ownTest.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "heed-keys-"));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

const make = (file: string, ...flags: string[]): { public_key: string; key_id: string } =>
  JSON.parse(execFileSync(binary, ["keys", "make", "--out", file, "--json", ...flags], { encoding: "utf8" }));

test("what is sealed for a customer's key is opened by its file alone, in the page or at the command line", async ({ page, own, site, folder }) => {
  own.updateProject("ours", "--origin", site.origin);
  const key = join(folder, "key");
  const { public_key, key_id } = make(key, "--plain");
  make(join(folder, "another"), "--plain");
  writeFileSync(join(folder, "words"), "correct horse battery");
  make(join(folder, "aged"), "--passphrase-file", join(folder, "words"));

  await enter(page, own);
  await page.goto(own.url + "/settings/content");
  await page.getByRole("radio", { name: "Keep them 30 days" }).click();
  await expect(page.getByText(/^Now: sealed for ak_[0-9a-f]{16}, the server’s key\./)).toBeVisible();
  await page.getByRole("radio", { name: "Only those who have your key" }).check();
  await page.getByLabel("The public key that it prints").fill(public_key);
  await page.getByRole("button", { name: "Use this key" }).click();
  await expect(page.getByText(`Now: sealed for ${key_id}, your key, since`)).toBeVisible();

  // A person who speaks German attaches.
  const visitor = await page.context().browser()!.newPage({ locale: "de-DE" });
  const response = newResponse();
  await visitor.goto(site.page(`<heed-feedback response-id="${response}"></heed-feedback>`, { head: script(own), html: 'lang="de"' }));
  await give(visitor, said);
  await visitor.getByRole("button", { name: "Schlechte Antwort" }).click();
  await visitor.locator(".attach").getByRole("checkbox").check();
  await expect(visitor.getByText("30 Tage aufbewahrt, dann vernichtet.")).toBeVisible();
  await expect(visitor.getByText("der Server, der es aufbewahrt, kann es nicht öffnen")).toBeVisible();
  const posted = visitor.waitForResponse((answer) => answer.url() == own.url + "/v1/attachments" && answer.request().method() == "POST");
  await visitor.locator(".attach .send").click();
  const { id, feedback_id, key_id: sealedFor, consent } = await (await posted).json();
  expect([sealedFor, consent.version]).toEqual([key_id, "2-de"]);
  await visitor.close();

  const traffic: string[] = [];
  page.on("request", (request) => traffic.push(request.url() + request.postData()));
  await page.goto(`${own.url}/feedback/${feedback_id}`);
  await page.getByRole("button", { name: "Read it" }).click();
  await page.getByLabel("Why do you need to read this?").fill("Which shop was meant?");
  await page.getByRole("button", { name: "Read it" }).click();
  await expect(page.getByText(`Sealed for your key ${key_id}. This server cannot open it.`)).toBeVisible();
  const file = page.locator("input[type=file]");
  for (const [name, what] of [["another", "the file has another"], ["aged", "protected by age"], ["words", "This is no key file"]] as const) {
    await file.setInputFiles(join(folder, name));
    await expect(page.getByRole("alert")).toContainText(what);
  }
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save it sealed" }).click();
  const sealed = join(folder, "sealed.json");
  await (await saved).saveAs(sealed);
  const opened = execFileSync(binary, ["keys", "open", sealed, "--private", key, "--json"], { encoding: "utf8" });
  expect(JSON.parse(opened)).toEqual(said.slice(3));
  expect(readFileSync(sealed, "utf8")).toContain(id);

  await file.setInputFiles(key);
  await expect(page.getByText("When do you open? I am Ada Lovelace")).toBeVisible();
  await page.getByRole("button", { name: "Hide now" }).click();
  await expect(page.getByText("Ada Lovelace")).toHaveCount(0);
  const secret = /heed_attach_private_[\w-]+/.exec(readFileSync(key, "utf8"))![0];
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML]));
  expect(traffic.join() + kept).not.toContain(secret.slice(25));
});

test("a file that was changed on its way does not open, and says so", async ({ page, own, folder }) => {
  const key = join(folder, "key");
  const { public_key } = make(key, "--plain");
  const ask = async (method: string, path: string, body?: object) =>
    (await fetch(own.url + path, { method, headers: { Authorization: "Bearer " + own.keys.secret_key }, body: body && JSON.stringify(body) })).json();
  await ask("PATCH", "/v1/project", { attachment_days: 7, attachment_key: public_key });
  const { id } = await ask("POST", "/v1/feedback", { response_id: newResponse(), vote: "down" });
  const { notice } = (await ask("GET", "/v1/form")).attach;
  const attached = await ask("POST", "/v1/attachments", {
    feedback_id: id, scope: "answer", consent: { version: notice.version, hash: notice.hash, time: new Date() }, parts: said.slice(3),
  });
  expect(attached).toMatchObject({ feedback_id: id });
  await enter(page, own);
  await page.route("**/v1/attachments/*/content*", async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const bytes = Buffer.from(json.sealed.sealed, "base64");
    bytes[100]! ^= 1;
    json.sealed.sealed = bytes.toString("base64");
    await route.fulfill({ response, json });
  });
  await page.goto(`${own.url}/feedback/${id}`);
  await page.getByRole("button", { name: "Read it" }).click();
  await page.getByLabel("Why do you need to read this?").fill("Which shop was meant?");
  await page.getByRole("button", { name: "Read it" }).click();
  await page.locator("input[type=file]").setInputFiles(key);
  await expect(page.getByRole("alert")).toContainText("This does not open");
  expect(await page.content()).not.toContain("Lovelace");
});
