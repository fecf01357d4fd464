/** Runs the real heed for tests: one server a worker, with a project for pages of a customer. */
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createServer, type Server } from "node:http";
import { createInterface } from "node:readline";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const binary = process.env.HEED ?? join(import.meta.dirname, "../bin/heed");

/** Feedback as GET /v1/responses/{id} lists it. */
export interface Feedback {
  id: string;
  vote: string;
  score: { value: number; min: number; max: number } | null;
  tags: string[];
  comment: string | null;
  correction: string | null;
  trust: string;
}

/** A heed that serves, and a project in it. */
export class Heed {
  #process?: ChildProcess;
  url = "";
  readonly dir = mkdtempSync(join(tmpdir(), "heed-e2e-"));
  keys = { project: "", secret_key: "", publishable_key: "" };

  async start(env: Record<string, string> = {}): Promise<void> {
    const child = spawn(binary, ["serve", "--data", this.dir, "--listen", this.url.replace("http://", "") || "127.0.0.1:0"], { env: { ...process.env, ...env } });
    this.#process = child;
    this.url = await new Promise((ready, fail) => {
      let log = "";
      child.stderr.on("data", (text) => {
        log += text;
        const url = /"msg":"ready","url":"([^"]+)"/.exec(log)?.[1];
        if (url) ready(url);
      });
      child.on("exit", () => fail(new Error(log)));
    });
  }

  async stop(): Promise<void> {
    const process = this.#process!;
    if (process.exitCode === null && process.signalCode === null) await new Promise((done) => process.on("exit", done) && process.kill());
  }

  /** Runs a command on the data directory. */
  run(...args: string[]): string {
    return execFileSync(binary, [...args, "--data", this.dir], { encoding: "utf8" });
  }

  createProject(name: string, origins: string[]): void {
    const flags = origins.flatMap((origin) => ["--origin", origin]);
    this.keys = JSON.parse(execFileSync(binary, ["project", "create", name, "--data", this.dir, "--json", ...flags], { encoding: "utf8" }));
  }

  /** Changes a project as heed project update does. */
  updateProject(name: string, ...flags: string[]): void {
    execFileSync(binary, ["project", "update", name, "--data", this.dir, ...flags]);
  }

  /** A one-time link into the console for a new member. */
  member(name: string, role: string): string {
    const flags = ["--role", role, "--data", this.dir, "--url", this.url, "--json"];
    return JSON.parse(execFileSync(binary, ["user", "add", name, ...flags], { encoding: "utf8" })).link;
  }

  /** Sends events with the secret key, and waits until they are stored: a page that is opened next shows them. */
  async events(...events: object[]): Promise<void> {
    const answer = await fetch(this.url + "/v1/events", {
      method: "POST", headers: { Authorization: "Bearer " + this.keys.secret_key }, body: JSON.stringify({ events }),
    });
    expect(await answer.json()).toMatchObject({ accepted: events.length });
    await this.stored();
  }

  /** Waits until all that was accepted is stored, where lists and numbers have it. */
  async stored(): Promise<void> {
    await expect.poll(async () => /^heed_spool_pending_events .*$/m.exec(await (await fetch(this.url + "/metrics")).text())?.[0]).toBe("heed_spool_pending_events 0");
  }

  /** Waits until so much feedback wants eyes: the inbox follows what is stored, and pages ask for it twice a minute only. */
  async wantsEyes(n: number): Promise<void> {
    await expect.poll(async () => (await this.#get("/v1/inbox/count")).open).toBe(n);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true });
  }

  token(response: string, ...flags: string[]): string {
    return execFileSync(binary, ["token", response, ...flags], { encoding: "utf8", env: { HEED_KEY: this.keys.secret_key } }).trim();
  }

  async #get(path: string): Promise<any> {
    return (await fetch(this.url + path, { headers: { Authorization: "Bearer " + this.keys.secret_key } })).json();
  }

  /** The feedback on a response, of all that was accepted by now. */
  async feedback(response: string): Promise<Feedback[]> {
    await this.stored();
    return (await this.#get("/v1/responses/" + encodeURIComponent(response))).feedback ?? [];
  }

  async signals(response: string): Promise<Record<string, number>> {
    return (await this.#get("/v1/responses/" + encodeURIComponent(response))).signals ?? {};
  }
}

/** A customer's site: serves whatever HTML a test gives it, on an origin of its own. */
export class Site {
  #server: Server;
  #pages = new Map<string, [html: string, headers: Record<string, string>]>();
  #host: string;

  constructor(host = "localhost") {
    this.#host = host;
    this.#server = createServer((request, response) => {
      const [html, headers] = this.#pages.get(request.url!) ?? ["", {}];
      response.writeHead(html ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", ...headers }).end(html);
    });
  }

  listen(): Promise<void> {
    return new Promise((done) => this.#server.listen(0, "127.0.0.1", () => done()));
  }

  get origin(): string {
    return `http://${this.#host}:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Serves a page at an address of its own, and returns that. */
  page(body: string, { head = "", html = "", headers = {} as Record<string, string> } = {}): string {
    const path = `/page-${this.#pages.size}`;
    this.#pages.set(path, [`<!doctype html><html ${html || 'lang="en"'}><head><title>A page</title>${head}</head><body><main>${body}</main></body></html>`, headers]);
    return this.origin + path;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Whom an identity provider knows, by the name that they sign in with. */
export type People = Record<string, { name?: string; email?: string; email_verified?: boolean; groups?: string[] }>;

/** An identity provider in a process of its own: the certified one of npm. */
export class Issuer {
  #process = spawn(process.execPath, [join(import.meta.dirname, "issuer.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  #said = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  url = "";

  async start(): Promise<void> {
    this.url = (await this.#said.next()).value;
  }

  /** Says where Heed is, whom the provider knows, and how long a code is good. */
  async set(redirect: string, people: People, codeSeconds = 60): Promise<void> {
    this.#process.stdin.write(JSON.stringify({ redirect, people, codeSeconds }) + "\n");
    await this.#said.next();
  }

  /** What Heed is told of it. */
  get env(): Record<string, string> {
    return { HEED_OIDC_ISSUER: this.url, HEED_OIDC_CLIENT_ID: "heed", HEED_OIDC_CLIENT_SECRET: "of heed", HEED_OIDC_NAME: "Acme", HEED_OIDC_SCOPES: "profile,email,groups" };
  }

  async stop(): Promise<void> {
    await new Promise((done) => this.#process.exitCode !== null || this.#process.signalCode ? done(null) : this.#process.on("exit", done) && this.#process.kill());
  }
}

let names = 0;

/** A response id that no other test uses. */
export const newResponse = () => `r-${process.pid}-${++names}`;

export const test = base.extend<object, { heed: Heed; site: Site }>({
  site: [
    async ({}, use) => {
      const site = new Site();
      await site.listen();
      await use(site);
      site.close();
    },
    { scope: "worker" },
  ],
  heed: [
    async ({ site }, use) => {
      const heed = new Heed();
      heed.createProject("web", [site.origin]);
      await heed.start();
      await use(heed);
      await heed.stop();
      heed.remove();
    },
    { scope: "worker" },
  ],
});

/** Each test has a server of its own: what a console shows is all there is. A spec may give it an environment, and its project settings. */
export const ownTest = test.extend<{ own: Heed; env: Record<string, string>; settings: string[] }>({
  env: [{}, { option: true }],
  settings: [[], { option: true }],
  own: async ({ env, settings }, use) => {
    const heed = new Heed();
    heed.createProject("ours", []);
    if (settings.length > 0) heed.updateProject("ours", ...settings);
    await heed.start(env);
    await use(heed);
    await heed.stop();
    heed.remove();
  },
});

/** Axe on a page that is at rest: what is still on its way, or moves, is dimmed, and has another contrast. */
export async function axe(page: Page): Promise<AxeBuilder> {
  await expect(page.locator(".stale")).toHaveCount(0);
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)));
  return new AxeBuilder({ page });
}

export const password = "correct horse battery";

/** Comes in by a one-time link, as a new member does. */
export async function enter(page: Page, heed: Heed, name = "ada", role = "admin"): Promise<void> {
  await page.goto(heed.member(name, role));
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Keep it and go on" }).click();
  await expect(page.getByRole("navigation", { name: "Places" })).toBeVisible();
}

/** The script tag of the quick start. */
export const script = (heed: Heed) => `<script src="${heed.url}/widget/v1.js" data-key="${heed.keys.publishable_key}" defer></script>`;

export const thumb = (page: Page, name: string) => page.getByRole("button", { name });

export { expect };
