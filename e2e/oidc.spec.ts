/** Signing in by an identity provider, in a browser, with a real one. */
import type { Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { axe, binary, expect, Heed, Issuer, test as base, type People } from "./heed.ts";

const people: People = {
  grace: { name: "Grace Hopper", email: "grace@example.com", email_verified: true, groups: ["support", "everybody"] },
  eve: { name: "Eve", email: "eve@example.com", email_verified: false, groups: ["everybody"] },
  mallory: { name: "admin", email: "mallory@evil.example", email_verified: true, groups: ["support"] },
};

/** A heed of its own with a provider of its own; env says what else is set. */
const test = base.extend<{ env: Record<string, string>; codeSeconds: number; issuer: Issuer; own: Heed }>({
  env: [{}, { option: true }],
  codeSeconds: [60, { option: true }],
  issuer: async ({}, use) => {
    const issuer = new Issuer();
    await issuer.start();
    await use(issuer);
    await issuer.stop();
  },
  own: async ({ issuer, env, codeSeconds }, use) => {
    const heed = new Heed();
    heed.createProject("ours", []);
    await heed.start({ ...issuer.env, ...env });
    await issuer.set(heed.url + "/enter/oidc", people, codeSeconds);
    await use(heed);
    await heed.stop();
    heed.remove();
  },
});

const button = (page: Page) => page.getByRole("button", { name: "Sign in with Acme" });
const places = (page: Page) => page.getByRole("navigation", { name: "Places" });
const refused = (page: Page) => page.getByRole("alert");

/** Says at the provider who one is. */
async function sayWho(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
}

/** Makes a member and connects their account by their one-time link. */
async function connect(page: Page, heed: Heed, name: string, role: string, account: string): Promise<void> {
  await page.goto(heed.member(name, role));
  await page.getByRole("button", { name: "Enter by Acme" }).click();
  await sayWho(page, account);
  await expect(places(page)).toBeVisible();
}

/** Signs in up to the address that the provider sends the browser to, of which Heed is told nothing. */
async function hold(page: Page, begin: () => Promise<void>): Promise<string> {
  const told = "**/v1/session";
  await page.route(told, (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
  const request = page.waitForRequest((request) => request.url().includes("/enter/oidc?"));
  await begin();
  await sayWho(page, "grace");
  const address = (await request).url();
  await expect(page.getByRole("alert")).toContainText("cannot be reached");
  await page.unroute(told);
  return address;
}

/** What the audit log has of an action, newest first. */
const log = (heed: Heed, action: string): { actor: { kind: string; name?: string }; object?: string; details?: Record<string, string> }[] =>
  heed.run("audit", "list", "--action", action, "--json").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));

test("an invited member connects their account once, and comes in by it from then on", async ({ page, own, browser }) => {
  await connect(page, own, "grace", "reviewer", "grace");
  await expect(page.getByText("grace, reviewer")).toBeVisible(); // without a password of their own
  expect(log(own, "member.identity_linked")).toMatchObject([{ actor: { kind: "member", name: "grace" } }]);
  expect(log(own, "session.opened")).toMatchObject([{ details: { by: "oidc" } }]);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(button(page)).toBeVisible();
  expect((await page.request.get(own.url + "/v1/session")).status()).toBe(401);

  // In another browser, from where they wanted to go, and back there.
  const other = await (await browser.newContext()).newPage();
  await other.goto(own.url + "/feedback?vote=down");
  await expect(button(other)).toBeVisible();
  expect((await (await axe(other)).analyze()).violations.map(({ id }) => id)).toEqual([]);
  await button(other).click();
  await sayWho(other, "grace");
  await expect(places(other)).toBeVisible();
  await expect(other).toHaveURL(own.url + "/feedback?vote=down");
  const cookies = await other.context().cookies(own.url);
  expect(cookies.filter(({ name }) => name.startsWith("heed"))).toMatchObject([{ name: "heed", httpOnly: true, sameSite: "Lax" }]); // and none of the flow

  // Removed, they are nobody any more, at once and at the next sign-in.
  own.run("user", "remove", "grace");
  await other.reload();
  await button(other).click();
  await expect(refused(other)).toContainText("was a member's who was removed");
  await expect(other).toHaveURL(own.url + "/enter");
  expect(log(own, "session.refused")).toMatchObject([{ actor: { kind: "nobody" }, details: { by: "oidc", reason: "removed", times: "1" } }]);
  for (const text of ["Grace Hopper", "grace@example.com"]) expect(own.run("audit", "list", "--json")).not.toContain(text);
});

test("whom nobody invited is not let in, whatever they are called", async ({ page, own }) => {
  own.member("admin2", "admin");
  await page.goto(own.url);
  await button(page).click();
  await sayWho(page, "mallory");
  await expect(refused(page)).toContainText("an admin invites you");
  await expect(places(page)).toHaveCount(0);
  expect(log(own, "session.refused")).toMatchObject([{ details: { by: "oidc", reason: "unknown" } }]);
});

test("who is signed in connects their account, and nobody else's", async ({ page, own, browser }) => {
  await connect(page, own, "grace", "reviewer", "grace");
  const ada = await (await browser.newContext()).newPage();
  await ada.goto(own.member("ada", "admin"));
  await ada.getByRole("button", { name: "Enter with a password" }).click();
  await ada.getByLabel("Password").fill("correct horse battery");
  await ada.getByRole("button", { name: "Keep it and go on" }).click();
  await ada.getByRole("link", { name: "ada, admin" }).click();
  await ada.getByRole("button", { name: "Connect Acme" }).click();
  await sayWho(ada, "grace");
  await expect(refused(ada)).toContainText("another member's");
  await ada.getByRole("button", { name: "Back to Heed" }).click();
  await expect(ada.getByText("You are ada, admin.")).toBeVisible();
  await ada.context().clearCookies({ name: /^_/ }); // signed out at the provider
  await ada.getByRole("button", { name: "Connect Acme" }).click();
  await sayWho(ada, "eve");
  await expect(ada.getByText("is connected: you come in by it")).toBeVisible();
  await expect(ada).toHaveURL(own.url + "/account");
  expect((await (await axe(ada)).analyze()).violations.map(({ id }) => id)).toEqual([]);
  await ada.goto(own.url + "/settings/members");
  await expect(ada.getByRole("row", { name: /^grace/ }).first()).toContainText("single sign-on");
});

test.describe("with roles of groups", () => {
  test.use({ env: { HEED_OIDC_ROLES: "{support: reviewer, boss: admin, data: analyst}" } });
  test("groups at the provider give the role, at each sign-in", async ({ page, own, issuer }) => {
    await connect(page, own, "grace", "auditor", "grace");
    await expect(page.getByText("grace, reviewer")).toBeVisible(); // and not what she was invited as
    await issuer.set(own.url + "/enter/oidc", { grace: { ...people.grace, groups: ["data", "boss"] } });
    await page.getByRole("button", { name: "Sign out" }).click();
    await button(page).click();
    await expect(page.getByText("grace, admin")).toBeVisible();
    await issuer.set(own.url + "/enter/oidc", { grace: { ...people.grace, groups: ["everybody"] } });
    await page.getByRole("button", { name: "Sign out" }).click();
    await button(page).click();
    await expect(refused(page)).toContainText("none of your groups");
    expect(log(own, "member.role_changed").map(({ actor, details }) => [actor.kind, details])).toEqual([
      ["server", { from: "reviewer", role: "admin" }], ["server", { from: "auditor", role: "reviewer" }],
    ]);
    expect(log(own, "session.refused")).toMatchObject([{ details: { reason: "role" } }]);
  });
});

test.describe("with a door for a domain", () => {
  test.use({ env: { HEED_OIDC_JOIN: "true", HEED_OIDC_DOMAINS: "example.com" } });
  test("people of the domain join, and only they", async ({ page, own, browser }) => {
    const come = async (who: string) => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(own.url);
      await button(page).click();
      await sayWho(page, who);
      return page;
    };
    await expect((await come("grace")).getByText("Grace Hopper, analyst")).toBeVisible();
    await expect((await come("grace")).getByText("Grace Hopper, analyst")).toBeVisible(); // the same, and not another
    await expect(refused(await come("eve"))).toContainText("vouches for no e-mail address");
    await expect(refused(await come("mallory"))).toContainText("by invitation only");
    expect(JSON.parse(own.run("user", "list", "--json")).map(({ name }: { name: string }) => name)).toEqual(["Grace Hopper", "admin"]);
    own.run("user", "remove", "Grace Hopper");
    await expect(refused(await come("grace"))).toContainText("was removed"); // and does not join anew
  });
});

test("an answer that this browser did not ask for lets nobody in", async ({ page, own, browser }) => {
  await connect(page, own, "grace", "reviewer", "grace");
  await page.getByRole("button", { name: "Sign out" }).click();
  const held = async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(own.url);
    return { page, address: await hold(page, () => button(page).click()) };
  };
  const first = await held();
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(first.address); // in another browser
  await expect(refused(stranger)).toContainText("no answer to a sign-in that began in this browser");
  const second = await held();
  await second.page.goto(second.address.replace(/state=[^&]+/, "state=" + "x".repeat(43)));
  await expect(refused(second.page)).toContainText("no answer to a sign-in that began in this browser");
  await second.page.goto(second.address); // what the browser kept is used up
  await expect(refused(second.page)).toContainText("no answer to a sign-in that began in this browser");
  const third = await held();
  await third.page.goto(third.address.replace(/iss=[^&]+/, "iss=" + encodeURIComponent("https://other.example.com")));
  await expect(refused(third.page)).toContainText("another identity provider answered");
  const fourth = await held();
  await fourth.page.goto(fourth.address.replace(/code=[^&]+/, "error=access_denied"));
  await expect(refused(fourth.page)).toContainText("Acme let nobody through");
  const fifth = await held();
  await fifth.page.goto(fifth.address);
  await expect(places(fifth.page)).toBeVisible(); // so what was held is good
  await fifth.page.goBack().catch(() => {});
  await expect(fifth.page).not.toHaveURL(/code=/); // and stands in no history
});

test.describe("with codes that last a second", () => {
  test.use({ codeSeconds: 1 });
  test("a code that is too old lets nobody in", async ({ page, own }) => {
    await page.goto(own.member("grace", "reviewer"));
    const address = await hold(page, () => page.getByRole("button", { name: "Enter by Acme" }).click());
    await page.waitForTimeout(2500);
    await page.goto(address);
    await expect(refused(page)).toContainText("does not take the code any more");
    expect(log(own, "session.refused")).toMatchObject([{ details: { reason: "code" } }]);
  });
});

test("without the provider one is told so, and comes in by a password", async ({ page, own, issuer }) => {
  const doctor = (env: Record<string, string>) => {
    try {
      return execFileSync(binary, ["doctor", "--url", own.url, "--data", own.dir], { encoding: "utf8", env: { ...issuer.env, ...env, HEED_KEY: own.keys.secret_key } });
    } catch (e) {
      return (e as { stdout: string }).stdout;
    }
  };
  expect(doctor({})).toContain("identity provider: ok");
  expect(doctor({ HEED_OIDC_CLIENT_SECRET: "another" })).toContain("does not know Heed by this id and secret");
  expect(doctor({ HEED_OIDC_ISSUER: issuer.url + "/" })).toContain("calls itself otherwise");
  await issuer.stop();
  expect(doctor({})).toContain("does not answer");
  await page.goto(own.member("grace", "reviewer"));
  await page.getByRole("button", { name: "Enter by Acme" }).click();
  await expect(refused(page)).toContainText("does not answer");
  await page.getByRole("button", { name: "Enter with a password" }).click(); // the link is not used up
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Keep it and go on" }).click();
  await expect(places(page)).toBeVisible();
});
