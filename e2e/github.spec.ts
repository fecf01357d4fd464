// A finding becomes an issue at GitHub, and learns when that is closed.
import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { axe, enter, expect, ownTest } from "./heed.ts";

interface Issue { number: number; title: string; body: string; html_url: string; state: string; state_reason: string | null; created_at: string; updated_at: string; closed_at: string | null }

/** Answers as GitHub does, as far as Heed asks it: a token, a repository, and its issues. */
class GitHub {
  readonly issues: Issue[] = [];
  readonly token = "github_pat_11ABCDEFG0wombat_writesIssues";
  #server = createServer((request, response) => {
    let text = "";
    request.on("data", (part) => (text += part)).on("end", () => {
      const say = (status: number, body: object) => response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
      const [, number] = /^\/api\/v3\/repos\/acme\/app\/issues\/(\d+)$/.exec(request.url!) ?? [];
      if (request.headers.authorization !== "Bearer " + this.token) return say(401, { message: "Bad credentials" });
      if (number) return say(200, this.issues[Number(number) - 12]!);
      if (request.url === "/api/v3/repos/acme/app") return say(200, this.repository);
      if (request.url !== "/api/v3/repos/acme/app/issues" || request.method !== "POST") return say(404, { message: "Not Found" });
      const { title, body } = JSON.parse(text) as { title?: string; body: string };
      if (!title) return say(422, { message: "Validation Failed" });
      const at = new Date().toISOString().replace(/\.\d+/, ""), n = this.issues.length + 12;
      this.issues.push({ number: n, title, body, html_url: `https://github.com/acme/app/issues/${n}`, state: "open", state_reason: null, created_at: at, updated_at: at, closed_at: null });
      say(201, this.issues.at(-1)!);
    });
  });
  readonly repository = { id: 1296269, full_name: "acme/app", private: true, archived: false, has_issues: true };

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v3`;
  }
  stop = () => new Promise((done) => { this.#server.closeAllConnections(); this.#server.close(done); });

  /** Takes an issue to a state and tells a webhook of it. */
  async turn(url: string, secret: string, number: number, state: string, reason: string | null, after: number): Promise<number> {
    const issue = this.issues[number - 12]!;
    const at = new Date(Date.parse(issue.created_at) + after * 1000).toISOString().replace(/\.\d+/, "");
    Object.assign(issue, { state, state_reason: reason, updated_at: at, closed_at: state === "closed" ? at : null });
    const body = JSON.stringify({ action: state === "closed" ? "closed" : "reopened", issue, repository: this.repository });
    const answer = await fetch(url, {
      method: "POST", body,
      headers: { "Content-Type": "application/json", "X-GitHub-Event": "issues", "X-GitHub-Delivery": randomUUID(), "X-Hub-Signature-256": "sha256=" + createHmac("sha256", secret).update(body).digest("hex") },
    });
    return answer.status;
  }
}

const test = ownTest.extend<{ github: GitHub }>({
  env: { HEED_OUTBOUND_ALLOW_PRIVATE: "true" },
  github: async ({}, use) => {
    const github = new GitHub();
    await use(github);
    await github.stop();
  },
});

const accessible = async (page: Page) => expect((await (await axe(page)).analyze()).violations).toEqual([]);

/** Pictures for whoever wants to look, in light, dark and on a phone. */
async function pictures(page: Page, name: string): Promise<void> {
  if (!process.env.PICTURES) return;
  for (const [kind, width, colorScheme] of [["light", 1280, "light"], ["dark", 1280, "dark"], ["phone", 390, "light"]] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${process.env.PICTURES}/${name}-${kind}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

test("a finding becomes an issue at GitHub, and is told when that is closed", async ({ page, own, github }) => {
  const api = await github.start();
  const asks = async (method: string, path: string, body: object) =>
    (await fetch(own.url + path, { method, headers: { Authorization: "Bearer " + own.keys.secret_key }, body: JSON.stringify(body) })).json();
  await own.events(
    { type: "response", response_id: "r-1", feature: "search" },
    { type: "feedback", id: "f-1", response_id: "r-1", vote: "down", tags: ["incorrect"], comment: "No such shop, says numbat", user: "u-1" },
  );
  const title = "Hours are <b>made up</b> & “wrong”";
  const finding = await asks("POST", "/v1/findings", { title, selection: { filter: { tag: ["incorrect"] } } });
  await enter(page, own);
  await page.goto(own.url + `/findings/${finding.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("made up");
  await expect(page.getByRole("button", { name: "Create issue at GitHub" })).toHaveCount(0);

  // The token is tried before it is kept, and the secret of the webhook is shown once.
  await page.goto(own.url + "/settings/integrations");
  await pictures(page, "none");
  await page.getByLabel("Owner and name").fill("https://github.com/acme/app");
  await page.getByLabel("Token", { exact: true }).fill("ghp_0123456789mistyped0123456789");
  await page.getByText("GitHub Enterprise Server").click();
  await page.getByLabel("Address of its API").fill(api);
  await page.getByRole("button", { name: "Connect the repository" }).click();
  await expect(page.getByRole("alert")).toContainText("is not taken by GitHub");
  await page.getByLabel("Token", { exact: true }).fill(github.token);
  await page.getByLabel("Labels, if any").fill("ai-feedback, bug");
  await page.getByRole("button", { name: "Connect the repository" }).click();
  const secret = await page.getByLabel("Secret of the webhook").innerText();
  const hook = await page.getByText(/\/v1\/integrations\/github\/ghb_/).innerText();
  await expect(page.getByText("GitHub has not called yet")).toBeVisible();
  await accessible(page);
  await pictures(page, "connected");
  await page.reload();
  await expect(page.getByText(hook)).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);
  await expect(page.getByLabel("Labels, if any")).toHaveValue("ai-feedback, bug");
  await expect(page.getByLabel("Token, to change it")).toHaveValue("");

  await page.goto(own.url + `/findings/${finding.id}`);
  await pictures(page, "finding-before");
  await page.getByRole("button", { name: "Create issue at GitHub" }).dblclick();
  const link = page.getByRole("link", { name: "#12" }).first();
  await expect(link).toHaveAttribute("href", "https://github.com/acme/app/issues/12");
  await expect(link).toHaveAttribute("rel", /noreferrer/);
  await expect(page.getByLabel("History")).toContainText("opened issue #12");
  expect(github.issues).toHaveLength(1);
  expect(github.issues[0]!.title).toBe(title);
  expect(github.issues[0]!.body).not.toContain("numbat");
  expect(github.issues[0]!.body).toContain(`/findings/${finding.id}?project=`);
  await accessible(page);
  await pictures(page, "finding-open");

  // Closed is not live: the finding offers to mark its change, and waits.
  expect(await github.turn(hook, secret, 12, "closed", "not_planned", 5)).toBe(200);
  await page.reload();
  await expect(page.getByText("closed as not planned").first()).toBeVisible();
  await expect(page.getByText("If its fix is live")).toHaveCount(0);
  expect(await github.turn(hook, secret, 12, "open", "reopened", 10)).toBe(200);
  expect(await github.turn(hook, secret, 12, "closed", "completed", 15)).toBe(200);
  await page.getByRole("button", { name: "Ask again" }).click();
  await expect(page.getByText("closed as completed").first()).toBeVisible();
  await expect(page.getByLabel("History")).toContainText("Heed saw issue #12 reopened");
  await expect(page.getByRole("heading", { name: "New", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Mark it by this issue" }).click();
  await expect(page.getByLabel("Which: a version")).toHaveValue("https://github.com/acme/app/issues/12");
  await expect(page.getByLabel("What fixed it")).toHaveValue("issue");
  await expect(page.getByLabel("Since when")).toHaveValue(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/);
  await accessible(page);
  await pictures(page, "finding-closed");
  await page.getByRole("button", { name: "It was made" }).click();
  await expect(page.getByRole("heading", { name: "Fixed", exact: true })).toBeVisible();
  await expect(page.getByText("If its fix is live")).toHaveCount(0);

  await page.goto(own.url + "/settings/integrations");
  await expect(page.getByText("GitHub last called")).toBeVisible();
  await expect(page.getByText(hook)).toBeHidden();
  await pictures(page, "heard");
  page.on("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "New webhook secret" }).click();
  await expect(page.getByLabel("Secret of the webhook")).not.toHaveText(secret);
  expect(await github.turn(hook, secret, 12, "open", "reopened", 20)).toBe(401);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("button", { name: "Connect the repository" })).toBeVisible();
  await page.goto(own.url + `/findings/${finding.id}`);
  await expect(page.getByText("closed as completed").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Ask again" })).toHaveCount(0);
});
