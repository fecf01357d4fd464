import { createServer, type Server } from "node:http";
import type { Page } from "@playwright/test";
import { Webhook } from "standardwebhooks";
import { axe, enter, expect, ownTest } from "./heed.ts";

/** What a receiver was sent. */
interface Told { path: string; headers: Record<string, string>; body: string }

/** A place that takes what it is sent, at any path; /gone answers 410. */
class Receiver {
  readonly told: Told[] = [];
  #server: Server;
  constructor() {
    this.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (part) => (body += part)).on("end", () => {
        this.told.push({ path: request.url!, headers: request.headers as Record<string, string>, body });
        response.writeHead(request.url === "/gone" ? 410 : 204).end();
      });
    });
  }
  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }
  stop = () => new Promise((done) => { this.#server.closeAllConnections(); this.#server.close(done); });
  at = (path: string) => this.told.filter((t) => t.path === path);
}

const test = ownTest.extend<{ receiver: Receiver }>({
  env: { HEED_OUTBOUND_ALLOW_PRIVATE: "true" },
  receiver: async ({}, use) => {
    const receiver = new Receiver();
    await use(receiver);
    await receiver.stop();
  },
});

async function tell(page: Page, kind: string, name: string, to: string): Promise<void> {
  await page.getByLabel("Kind of place").selectOption(kind);
  await page.getByLabel("Name of the place").fill(name);
  await page.getByLabel("Address").fill(to);
  await page.getByRole("button", { name: "Tell it" }).click();
  await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
}

const accessible = async (page: Page) => expect((await (await axe(page)).analyze()).violations).toEqual([]);

test("a finding and an alert are told to a webhook and to Slack", async ({ page, own, receiver }) => {
  const address = await receiver.start();
  await enter(page, own, "ada", "admin");
  await page.goto(own.url + "/settings/notifications");
  await expect(page.getByText("Nothing is told outside yet.")).toBeVisible();
  await tell(page, "webhook", "Backend", `${address}/in?key=hidden`);
  const secret = (await page.locator(".said pre").textContent())!;
  expect(secret).toMatch(/^whsec_/);
  await tell(page, "slack", "Channel", `${address}/slack`);
  await expect(page.getByText("hidden")).toHaveCount(0);

  const row = page.locator(".watch").filter({ hasText: "Backend" });
  await row.getByRole("button", { name: "Test" }).click();
  await expect(page.getByRole("cell", { name: "endpoint.tested" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "taken" })).toBeVisible();

  await page.goto(own.url + "/findings");
  await page.getByRole("button", { name: /^Make a finding/ }).first().click();
  await page.getByLabel("What is wrong").fill("<!channel> made up, says ada@example.com");
  await page.getByRole("button", { name: "Make it" }).click();
  await expect.poll(() => receiver.at("/slack").length).toBe(1);
  await expect.poll(() => receiver.at("/in?key=hidden").length).toBe(2);
  const said = receiver.at("/in?key=hidden")[1]!;
  const event = new Webhook(secret).verify(said.body, said.headers) as { type: string; data: { title: string } };
  expect(event.type).toBe("finding.created");
  expect(event.data.title).toBe("<!channel> made up, says [EMAIL_1]");
  expect(() => new Webhook(secret).verify(said.body + " ", said.headers)).toThrow();
  const slack = JSON.parse(receiver.at("/slack")[0]!.body);
  expect(slack.blocks[0].text).toEqual({ type: "mrkdwn", text: "*New finding: &lt;!channel&gt; made up, says [EMAIL_1]*", verbatim: true });

  await own.events({ type: "feedback", id: "bad", response_id: "r1", vote: "down", tags: ["unsafe"], comment: "canary" });
  await page.goto(own.url + "/alerts");
  await page.getByRole("button", { name: "Watch something" }).click();
  await page.getByLabel(/^What/).selectOption("unsafe");
  await page.getByLabel("Name", { exact: true }).fill("Somebody is hurt");
  await page.getByRole("button", { name: "Watch it" }).click();
  await expect(page.getByText("Now: 1 piece of feedback says that an answer is unsafe, in the last 24 hours.")).toBeVisible();
  await accessible(page);
  await own.stop(); // the first round is at the start
  await own.start({ HEED_OUTBOUND_ALLOW_PRIVATE: "true" });
  await expect.poll(() => receiver.at("/slack").length).toBe(2);
  await page.goto(own.url + "/alerts");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("1 alert fires of 1: Somebody is hurt.");
  await expect(page.locator(".watch")).toContainText("firing since");
  await page.getByLabel("Snooze Somebody is hurt").selectOption("24");
  await expect(page.getByText(/snoozed until/).first()).toBeVisible();
  await own.stop();
  await own.start({ HEED_OUTBOUND_ALLOW_PRIVATE: "true" });
  await page.goto(own.url + "/settings/notifications");
  await expect(page.locator(".watch").filter({ hasText: "Channel" })).toContainText("on");
  await accessible(page);
  expect(receiver.at("/slack").length).toBe(2);
  expect(receiver.told.some((t) => t.body.includes("canary"))).toBe(false);
});

test("what is gone is told no more, until it is let go on", async ({ page, own, receiver }) => {
  const address = await receiver.start();
  await enter(page, own, "ada", "owner");
  await page.goto(own.url + "/settings/notifications");
  await tell(page, "webhook", "Old", address + "/gone");
  await page.locator(".watch").getByRole("button", { name: "Test" }).click();
  await expect(page.getByRole("alert")).toContainText("1 place is told nothing any more. Old answered that it is gone.");
  await page.getByRole("button", { name: "Go on", exact: true }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("who changes the name of an alert leaves all that it looks at", async ({ page, own }) => {
  const headers = { Authorization: "Bearer " + own.keys.secret_key };
  const filter = { feature: ["search", "help"], model: ["m1"] };
  const rule = { measure: "down_share", threshold: 0.3, minimum: 30, hours: 24, filter };
  const made = await (await fetch(own.url + "/v1/alerts", { method: "POST", headers, body: JSON.stringify({ name: "before", rule }) })).json();
  await enter(page, own, "ada", "admin");
  await page.goto(own.url + "/alerts");
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("Name", { exact: true }).fill("after");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.locator(".watch")).toContainText("after ok since");
  expect((await (await fetch(own.url + "/v1/alerts/" + made.id, { headers })).json()).rule).toEqual(rule);
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("Value").fill("chat");
  await page.getByRole("button", { name: "Keep it" }).click();
  await expect(page.locator(".watch")).toContainText("chat");
  expect((await (await fetch(own.url + "/v1/alerts/" + made.id, { headers })).json()).rule.filter).toEqual({ feature: ["chat"], model: ["m1"] });
});

test("a reviewer sees what is watched, and not where it is told", async ({ page, own }) => {
  await enter(page, own, "rob", "reviewer");
  await page.goto(own.url + "/alerts");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Nothing is watched yet.");
  await expect(page.getByRole("button", { name: "Watch something" })).toHaveCount(0);
  await page.goto(own.url + "/settings/notifications");
  await expect(page.getByText("Only owners and admins see where this is told.")).toBeVisible();
});
