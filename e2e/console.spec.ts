import { gzipSync } from "node:zlib";
import { axe, enter, expect, Heed, newResponse, ownTest as test, password, Site, thumb } from "./heed.ts";

test("the console keeps to its size", async ({ heed }) => {
  const size = async (name: string) => gzipSync(Buffer.from(await (await fetch(`${heed.url}/console/${name}`)).arrayBuffer()), { level: 9 }).length;
  const page = await fetch(`${heed.url}/overview`);
  const first = [...(page.headers.get("link") ?? "").matchAll(/<\/console\/([^>]+)>; rel=modulepreload/g)].map((m) => m[1]!);
  let scripts = await size("app.js");
  for (const name of first) scripts += await size(name);
  expect(scripts, `app.js with ${first.join(", ")}`).toBeLessThanOrEqual(60_000);
  expect(await size("app.css")).toBeLessThanOrEqual(12_000);
});

test("an address that is none leads back to the console", async ({ page, heed }) => {
  await page.goto(heed.url + "/console/");
  await expect(page.getByRole("heading", { name: "Sign in to Heed" })).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const path of ["/console/inbox", "/findings/fnd_1/more", "/nowhere"]) {
      expect((await page.goto(heed.url + path))?.status(), path).toBe(404);
      await expect(page.getByRole("heading", { name: "There is no page here." })).toBeVisible();
    }
    expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
  }
  await page.getByRole("link", { name: "Go to the start" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Heed" })).toBeVisible();
});

test("a member comes in by a link once, then by name and password", async ({ page, own }) => {
  const link = own.member("grace", "admin");
  await page.goto(link);
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByLabel("Password").fill("too short");
  await page.getByRole("button", { name: "Keep it and go on" }).click();
  await expect(page.getByText("Choose a password")).toBeVisible(); // the browser holds it back
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Keep it and go on" }).click();
  await expect(page.getByText("grace, admin")).toBeVisible();
  expect(page.url()).not.toContain("#");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Heed" })).toBeVisible();

  await page.goto(link);
  await page.getByRole("button", { name: "Enter" }).click();
  await expect(page.getByRole("alert")).toContainText("this link was used");
  await page.goto(own.url + "/feedback");
  await page.getByLabel("Name").fill("grace");
  await page.getByLabel("Password").fill("a wrong password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("do not go together");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("navigation", { name: "Places" })).toBeVisible();
  await expect(page).toHaveURL(own.url + "/feedback");

  // Another password takes the one of now.
  await page.getByRole("link", { name: "grace, admin" }).click();
  await page.getByLabel("Current password").fill("a wrong password");
  await page.getByLabel("New password").fill("another horse battery");
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(page.getByRole("alert")).toContainText("is not your current password");
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
  await page.getByLabel("Current password").fill(password);
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(page.getByText("It is your password now.")).toBeVisible();
});

test("an empty console waits for the first click, and says when it comes", async ({ page, own }) => {
  await enter(page, own);
  await expect(page.getByRole("heading", { name: "Nothing has arrived in this time." })).toBeVisible();
  await expect(page.getByText("/v1/feedback")).toBeVisible();
  await own.events({ type: "feedback", response_id: "r1", vote: "up" });
  await expect(page.getByRole("heading", { name: "The first has arrived." })).toBeVisible();
  await page.getByRole("link", { name: "See it live" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Good" })).toBeVisible();
});

test("under ten votes are counted, not shared out", async ({ page, own }) => {
  await own.events(
    { type: "response", response_id: "r1" }, { type: "response", response_id: "r2" }, { type: "response", response_id: "r3" },
    { type: "feedback", response_id: "r1", vote: "up" }, { type: "feedback", response_id: "r2", vote: "down" },
  );
  await enter(page, own);
  const sentence = page.getByRole("heading", { name: /^People rated 2 of 3 answers/ });
  await expect(sentence).toContainText("1 vote was good and 1 bad: too few to say a share.");
});

/** Text that would mean something elsewhere. */
const hostile = [
  "<img src=x onerror=document.title='owned'>", "</script><script>document.title='owned'</script>", "=HYPERLINK(\"http://evil\")",
  "{{7*7}} ${7*7} javascript:alert(1)", "\u202Eesrever\u202C and \u0007 bell", "x".repeat(8000), "%00\\0 NUL",
];

test("what people wrote is text, whatever it is", async ({ page, own }) => {
  await enter(page, own);
  const problems: string[] = [];
  page.on("console", (m) => m.type() === "error" && problems.push(m.text()));
  page.on("pageerror", (e) => problems.push(e.message));
  await page.getByRole("link", { name: "Live" }).click();
  await expect(page.getByText("Listening.")).toBeVisible();
  await own.events(
    ...hostile.map((text, i) => ({ type: "response", response_id: `r${i}<b>`, model: text.slice(0, 200), feature: text.slice(0, 200), error_code: text.slice(0, 200) })),
    ...hostile.map((text, i) => ({ type: "feedback", id: `f${i}`, response_id: `r${i}<b>`, vote: "down", comment: text, correction: text, tags: [text.slice(0, 60)] })),
    { type: "change", name: hostile[0], value: hostile[1]!.slice(0, 100), note: hostile[0] },
  );
  await expect(page.getByText(hostile[0]!, { exact: true }).first()).toBeVisible();
  for (const place of ["Overview", "Explore", "Responses", "Feedback"]) {
    await page.getByRole("link", { name: place, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  await expect(page.getByRole("list", { name: "Feedback, newest first" }).getByRole("listitem").first()).toBeVisible();
  for (let i = 0; i < hostile.length; i++) {
    await page.keyboard.press("j");
    await expect(page.getByRole("article", { name: "Feedback" }).getByRole("blockquote").first()).toBeVisible();
  }
  expect(await page.locator("img, script:not([src])").count()).toBe(0);
  expect(await page.title()).not.toBe("owned");
  expect(problems).toEqual([]);
  const { violations } = await (await axe(page)).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

/** An export of OpenTelemetry: so many calls to a model, in buckets, of which some failed. */
const exported = (model: string, calls: [error: string, counts: number[]][]) => {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const now = `${Date.now()}000000`;
  const dataPoints = calls.map(([error, bucketCounts]) => ({
    attributes: [text("gen_ai.provider.name", "openai"), text("gen_ai.request.model", model), ...(error ? [text("error.type", error)] : [])],
    startTimeUnixNano: now, timeUnixNano: now, explicitBounds: [0.64, 1.28, 2.56], bucketCounts, count: bucketCounts.reduce((a, b) => a + b), sum: 100,
  }));
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "gen_ai.client.inference.duration", unit: "s", histogram: { aggregationTemporality: 2, dataPoints } }] }] }] };
};

test("metrics are shown apart, and failures with their codes", async ({ page, own }) => {
  await enter(page, own);
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByText("Nothing has arrived")).toBeVisible();
  await expect(page.getByRole("heading", { name: "From metrics" })).toHaveCount(0);
  const answer = await fetch(own.url + "/v1/metrics", {
    method: "POST", headers: { "Content-Type": "application/json", "X-Heed-Key": own.keys.secret_key },
    body: JSON.stringify(exported("gpt-5", [["", [10, 60, 27, 0]], ["<b>429</b>", [0, 0, 0, 3]]])),
  });
  expect(await answer.text()).toBe("{}");
  await own.stored();
  await page.reload();
  await expect(page.getByText("Only metrics have arrived")).toBeVisible();
  const row = page.getByRole("row", { name: /gpt-5/ });
  for (const text of ["100", "3.0 %", "<b>429</b> (3)", "1.3 s", "over 2.6 s"]) await expect(row).toContainText(text);
  await own.events(...Array.from({ length: 30 }, (_, i) => ({
    type: "response", response_id: `r${i}`, provider: "openai", model: "gpt-5", ...(i < 10 ? { status: "error", error_type: "rate_limit", error_code: i < 7 ? "429" : "<i>full</i>" } : { status: "ok" }),
  })));
  await page.reload();
  await expect(page.getByText("People rated")).toBeVisible();
  await expect(page.getByText("of 30 answers")).toBeVisible(); // and not 130
  const failures = page.locator(".card", { has: page.getByRole("heading", { name: "Failures" }) });
  for (const text of ["33 %", "Rate limit", "openai · gpt-5", "429 7", "<i>full</i> 3"]) await expect(failures).toContainText(text);
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
  await failures.getByRole("link", { name: "Rate limit" }).click();
  await expect(page).toHaveURL(/\/responses\?.*error_type=rate_limit/);

  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(own.url + "/explore?measure=errors&by=model");
  await expect(page.getByRole("row", { name: /Rate limit/ })).toContainText("429 7");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
});

test("two lines from the settings bring a stranger's click in", async ({ page, own, browser }) => {
  const site = new Site();
  await site.listen();
  await enter(page, own);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Snippets" }).click();
  await page.getByRole("button", { name: "Make a publishable key" }).click();
  await expect(page.getByText(/data-key="heed_pk_\w{8}_/)).toBeVisible(); // and not the placeholder
  const lines = (await page.locator("pre").first().textContent())!;
  const response = newResponse();
  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(site.page(lines.replace("ID_OF_THE_ANSWER", response)));
  await thumb(theirs, "Good answer").click(); // its origin is not allowed yet, so the page keeps the click
  await page.getByRole("link", { name: "Origins", exact: true }).click();
  await page.reload();
  await page.getByRole("row", { name: site.origin }).getByRole("button", { name: "Allow" }).click();
  await expect(page.getByText("Refused lately")).toHaveCount(0);
  await theirs.waitForTimeout(1200); // the server asks its catalog anew every second
  await page.getByRole("link", { name: "Live" }).click();
  await expect(page.locator(".pulse:not(.off)")).toBeVisible(); // it listens; the page may have sent what it kept by now
  await theirs.reload();
  await expect(page.getByRole("listitem").filter({ hasText: "Good" }).first()).toContainText(response);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("in the last minute");
  await thumb(theirs, "Bad answer").click();
  await expect(page.getByRole("listitem").filter({ hasText: "Bad" }).first()).toContainText(response);
  site.close();
});

test("tags that are changed are what the widget asks", async ({ page, own }) => {
  await enter(page, own);
  await page.goto(own.url + "/settings/forms");
  await page.getByRole("button", { name: "Take refused out" }).click();
  await page.getByLabel("New tag").fill("wrong_tone");
  await page.getByLabel("New tag").press("Enter");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "As it was" })).toHaveCount(0); // it is saved
  const form = await (await fetch(own.url + "/v1/form?lang=en", { headers: { Authorization: "Bearer " + own.keys.secret_key } })).json();
  const keys = form.tags.map(([key]: [string]) => key);
  expect(keys).toContain("wrong_tone");
  expect(keys).not.toContain("refused");
});

test("a form is tried before it is saved", async ({ page, own }) => {
  await enter(page, own);
  await page.goto(own.url + "/settings/forms");
  await page.getByLabel("Feature with a form of its own").fill("search");
  await page.getByRole("button", { name: "Add a form" }).click();
  await page.getByLabel("Stars").check();
  await page.getByRole("button", { name: "+ accurate" }).click();
  await page.getByLabel("Question", { exact: true }).fill("Did you find it?");
  await page.getByLabel("Choices").fill("yes, no");
  await page.getByRole("button", { name: "Ask" }).click();
  const preview = page.locator("heed-feedback");
  await preview.getByRole("button", { name: "4 of 5 stars" }).click();
  await expect(preview.getByRole("button", { name: "Accurate" })).toBeVisible();
  await expect(preview.getByText("Did you find it?")).toBeVisible();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "As it was" })).toHaveCount(0); // it is saved
  const headers = { Authorization: "Bearer " + own.keys.secret_key };
  const { forms } = await (await fetch(own.url + "/v1/project", { headers })).json();
  expect(forms).toEqual([{ feature: "search", style: "stars", praise: ["accurate"], questions: [{ name: "did_you_find_it", text: "Did you find it?", choices: ["yes", "no"] }] }]);
  expect((await (await fetch(own.url + "/v1/feedback", { headers })).json()).items).toEqual([]); // what is tried is not stored
});

test("a pattern of redaction is tried before it is saved", async ({ page, own }) => {
  await enter(page, own);
  await page.goto(own.url + "/settings/redaction");
  await page.getByLabel("Text to try").fill("KD-12345678 of jane@example.com");
  await page.getByRole("button", { name: "Redact" }).click();
  await expect(page.getByText("KD-12345678 of [EMAIL_1]")).toBeVisible();
  await page.getByLabel("Name of the pattern").fill("CUSTOMER");
  await page.getByLabel("Pattern", { exact: true }).fill("KD-[0-9]{8}+");
  await page.getByRole("button", { name: "Redact" }).click();
  await expect(page.getByRole("alert")).toHaveText(/^Pattern has a \+ where none can stand/);
  await expect(page.getByText("KD-12345678 of [EMAIL_1]")).toHaveCount(0); // what was found before is not beside it
  await page.getByLabel("Name of the pattern").fill("customer");
  await page.getByLabel("Pattern", { exact: true }).fill("KD");
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("alert").first()).toContainText("Name of the pattern must be 1 to 32 characters");
  await page.getByLabel("Name of the pattern").fill("CUSTOMER");
  await page.getByLabel("Pattern", { exact: true }).fill("KD-[0-9]{8}");
  await page.getByRole("button", { name: "Redact" }).click();
  await expect(page.getByText("[CUSTOM_1] of [EMAIL_1]")).toBeVisible();
  await page.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("cell", { name: "KD-[0-9]{8}" })).toBeVisible();
  const headers = { Authorization: "Bearer " + own.keys.secret_key };
  const { redact_patterns } = await (await fetch(own.url + "/v1/project", { headers })).json();
  expect(redact_patterns).toEqual([{ name: "CUSTOMER", pattern: "KD-[0-9]{8}" }]);
});

test("an analyst sees numbers, and neither items nor keys", async ({ page, own }) => {
  await own.events({ type: "response", response_id: "r1" }, { type: "feedback", id: "f1", response_id: "r1", vote: "down", comment: "Too long by far" });
  await enter(page, own, "bob", "analyst");
  const places = page.getByRole("navigation", { name: "Places" });
  await expect(places.getByRole("link")).toHaveText(["heed", "Overview", "Explore", "Privacy", "Settings", "bob, analyst"]);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.goto(own.url + "/feedback/f1");
  await expect(page.getByRole("alert").first()).toContainText("your role, analyst, may not read single answers");
  await expect(page.getByText("Too long by far")).toHaveCount(0);
  await page.goto(own.url + "/settings/keys");
  await expect(page.getByText("Only those who manage keys see them")).toBeVisible();
});

/** Votes of people of a day, each on an answer of their own. */
const votesOn = (days: number, version: string, people: number) => Array.from({ length: people }, (_, i) => {
  const time = new Date(Date.now() - days * 86_400_000).toISOString();
  return [
    { type: "response", response_id: `${version}-${i}`, prompt_name: "p", prompt_version: version, time },
    { type: "feedback", response_id: `${version}-${i}`, vote: i % 5 ? "up" : "down", user: `${version}-${i}`, time },
  ];
}).flat();

test("an analyst is told of people in crowds", async ({ page, own }) => {
  await own.events(...votesOn(10, "v1", 20), ...votesOn(10, "v2", 3));
  await enter(page, own, "bob", "analyst");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("People rated at least 20");
  await expect(page.getByText("Your role is told of people in groups of 5 and more")).toBeVisible();
  await expect(page.getByText("No crowd of 5 people to tell of: prompt v2.")).toBeVisible();
  await page.goto(own.url + "/explore?by=prompt_version");
  await expect(page.getByText("No crowd of 5 people to tell of: v2.")).toBeVisible();
  await page.goto(own.url + "/explore?by=prompt_version&span=24h");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Nothing in this time");
});

test("numbers are published, read by anybody and withdrawn", async ({ page, own, browser }) => {
  await own.events(...votesOn(10, "v1", 200));
  await enter(page, own);
  await page.goto(own.url + "/settings/privacy");
  await page.getByText("Groups of 11 people or more").click();
  await expect(page.getByLabel("Groups of 11 people or more")).toBeChecked();
  await page.getByLabel("Divided by").selectOption("prompt_version");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const address = own.url + (await page.getByRole("link", { name: "Open the page" }).getAttribute("href"))!;
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(address);
  await expect(stranger.getByRole("heading", { level: 1 })).toHaveText("How people rated the answers, by prompt version");
  await expect(stranger.getByRole("row").nth(1)).toContainText("v1");
  expect((await (await axe(stranger)).analyze()).violations).toEqual([]);
  page.on("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByText("withdrawn")).toHaveCount(2);
  await stranger.reload();
  await expect(stranger.getByRole("heading", { level: 1 })).toHaveText("Nothing is published here.");
});

test("a developer has keys and items, and no words of people", async ({ page, own }) => {
  await own.events({ type: "response", response_id: "r1" }, { type: "feedback", id: "f1", response_id: "r1", vote: "down", comment: "Too long by far" });
  await enter(page, own, "dev", "developer");
  await page.goto(own.url + "/feedback/f1");
  await expect(page.getByText("Your role reads no texts").first()).toBeVisible();
  await expect(page.getByText("Too long by far")).toHaveCount(0);
  await page.goto(own.url + "/settings/keys");
  await page.getByLabel("Kind").selectOption("secret");
  await expect(page.getByLabel("Scope").getByRole("option")).toHaveText(["write", "numbers"]); // none that reads what people wrote
  await page.getByRole("button", { name: "Make a key" }).click();
  await expect(page.locator(".said pre").first()).toContainText("heed_sk_");
  await page.goto(own.url + "/settings/members");
  await expect(page.getByText("Only an admin sees")).toBeVisible();
});

test("a key says what it may do and until when, and another takes its place", async ({ page, own }) => {
  await enter(page, own);
  await page.goto(own.url + "/settings/keys");
  await page.getByLabel("Kind").selectOption("secret");
  await page.getByLabel("Scope").selectOption("numbers");
  await page.getByLabel("Ends after").selectOption("30 days");
  await page.getByLabel("Name of the key").fill("board");
  await page.getByRole("button", { name: "Make a key" }).click();
  const shown = page.locator(".said pre").first();
  await expect(shown).toContainText("heed_sk_");
  const key = (await shown.textContent())!;
  const status = async (path: string) => (await fetch(own.url + path, { headers: { Authorization: "Bearer " + key } })).status;
  expect([await status("/v1/stats"), await status("/v1/feedback"), await status("/v1/keys")]).toEqual([200, 403, 403]);
  const row = page.getByRole("row", { name: /^board/ });
  await expect(row).toContainText("numbers");
  await row.getByRole("button", { name: "Replace" }).click();
  await expect(page.locator(".said").first()).toContainText("It takes the place of board");
  await expect(row).toHaveCount(2);
  page.on("dialog", (dialog) => void dialog.accept());
  await row.first().getByRole("button", { name: "Revoke" }).click();
  await expect(row.first()).toContainText("revoked now");
  await expect.poll(() => status("/v1/stats")).toBe(401);
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
});

test("who lost a device ends what is open on it, also somebody else's", async ({ page, own, browser }) => {
  await enter(page, own);
  const lost = await (await browser.newContext()).newPage();
  await enter(lost, own, "grace", "reviewer");
  await lost.getByRole("link", { name: "grace, reviewer" }).click();
  await expect(lost.getByRole("row", { name: /this one/ })).toContainText("one-time link");
  await page.goto(own.url + "/settings/members");
  await expect(page.getByRole("button", { name: /^End Chrome on Linux of grace|^End A browser on Linux of grace/ })).toBeVisible();
  await page.getByRole("button", { name: /^End .* of grace/ }).click();
  await expect(page.getByRole("button", { name: /^End .* of grace/ })).toHaveCount(0);
  await lost.reload();
  await expect(lost.getByRole("heading", { name: "Sign in to Heed" })).toBeVisible();
  await page.goto(own.url + "/account");
  await page.getByLabel("New password").fill("another horse battery");
  await page.getByRole("button", { name: "Change it" }).click();
  await expect(page.getByText("It is your password now.")).toBeVisible();
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
});

test("the server goes and comes back, and so does the console", async ({ page, own }) => {
  await enter(page, own);
  await page.getByRole("link", { name: "Live" }).click();
  await expect(page.getByText("Listening.")).toBeVisible();
  await own.stop();
  await expect(page.getByText("The stream is interrupted")).toBeVisible();
  await page.getByRole("link", { name: "Explore" }).click();
  await expect(page.getByRole("alert")).toContainText("Heed cannot be reached");
  await own.start();
  await page.getByRole("link", { name: "Live" }).click();
  await expect(page.getByText("Listening.")).toBeVisible();
  await own.events({ type: "feedback", response_id: "back", vote: "down" });
  await expect(page.getByRole("listitem").filter({ hasText: "Bad" })).toBeVisible();
});

test("feedback that came late was not changed by that", async ({ page, own }) => {
  const given = new Date(Date.now() - 3 * 86_400_000);
  const feedback = { type: "feedback", id: "late", response_id: "r1", vote: "down", time: given.toISOString() };
  await own.events(feedback);
  await enter(page, own);
  await page.goto(own.url + "/feedback/late");
  const said = page.getByRole("article", { name: "Feedback" });
  await expect(said.getByText("the application", { exact: true })).toBeVisible();
  await expect(said.getByText("Last change")).toHaveCount(0);
  const changed = new Date(given.getTime() + 3_600_000);
  await own.events({ ...feedback, tags: ["incorrect"], time: changed.toISOString() });
  await page.reload();
  await expect(said.getByText("Last change")).toBeVisible();
  const words = await page.evaluate((at) => new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(new Date(at)), changed.toISOString());
  await expect(said.locator("dt", { hasText: "Last change" }).locator("+ dd")).toHaveText(words);
});

test("on a phone the places are below and the pages fit", async ({ page, own }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await own.events({ type: "response", response_id: "r1", feature: "search" }, { type: "feedback", id: "f1", response_id: "r1", vote: "down", comment: "Too long by far" });
  await enter(page, own);
  for (const path of ["/overview", "/live", "/explore", "/responses", "/feedback", "/feedback/f1", "/settings/keys", "/settings/redaction"]) {
    await page.goto(own.url + path);
    await expect(page.getByRole("navigation", { name: "Places" })).toBeVisible();
    await page.waitForTimeout(200);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
  }
});

test("a phone has light, dark and the tour where it has its menu", async ({ page, own }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await enter(page, own);
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "You" }).click();
  const looks = page.getByRole("group", { name: "Light or dark" });
  await expect(looks.getByRole("button", { name: "As the system" })).toHaveAttribute("aria-pressed", "true");
  await looks.getByRole("button", { name: "Dark" }).click();
  await expect(looks.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
  await looks.getByRole("button", { name: "As the system" }).click();
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  await page.getByRole("button", { name: "Take the tour" }).click();
  await expect(page.getByRole("complementary", { name: "Tour" })).toContainText("What is true");
});

test("several projects are looked at one at a time", async ({ page, own }) => {
  await own.events({ type: "feedback", response_id: "r1", vote: "up", comment: "of ours" });
  own.createProject("theirs", []);
  await own.events({ type: "feedback", response_id: "r1", vote: "down", comment: "of theirs" });
  await enter(page, own);
  await page.goto(own.url + "/feedback?project=ours");
  await expect(page.getByText("of ours")).toBeVisible();
  await page.getByLabel("Project").selectOption("theirs");
  await expect(page.getByText("of theirs")).toBeVisible();
  await expect(page.getByText("of ours")).toHaveCount(0);
});

test("the overview compares with a time before that was whole, and shows the first of the inbox", async ({ page, own }) => {
  const answers = (id: string, daysAgo: number, bad: boolean) => Array.from({ length: 40 }, (_, i) => {
    const time = new Date(Date.now() - daysAgo * 86_400_000 - i * 1000).toISOString();
    return [
      { type: "response", response_id: `${id}-${i}`, time, user: `u-${i}` },
      { type: "feedback", id: `${id}-${i}`, response_id: `${id}-${i}`, time, user: `u-${i}`, vote: bad ? "down" : "up", ...(bad && i === 3 && { tags: ["unsafe"] }) },
    ];
  }).flat();
  await own.events(...answers("now", 5, true), ...answers("late", 60, false)); // the time before is 56 to 112 days ago
  await own.wantsEyes(40);
  await enter(page, own);
  await page.goto(own.url + "/overview");
  await expect(page.getByText("Nothing is compared with the time before: answers began on")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).not.toContainText("than the same time before");
  await expect(page.getByText(/, was /)).toHaveCount(0);

  const eyes = page.locator(".card", { has: page.getByRole("heading", { name: "What wants eyes" }) });
  await expect(eyes.locator(".eye").first()).toContainText("Harmful, biased or private");
  await expect(eyes.getByRole("link", { name: "All 40 in the inbox" })).toBeVisible();
  await eyes.getByRole("link", { name: "Harmful, biased or private" }).click();
  await page.getByRole("button", { name: /Handled/ }).click();
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(eyes.getByRole("link", { name: "All 39 in the inbox" })).toBeVisible();
  await expect(eyes).not.toContainText("Harmful");

  await own.events(...answers("old", 150, false));
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("lower than the same time before");
  await expect(page.getByText("Nothing is compared")).toHaveCount(0);
});
