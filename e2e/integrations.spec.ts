// A finding is taken to where the team works, as a new issue that is filled in.
import { axe, expect, test } from "./heed.ts";

test("a finding opens as an issue, without what people wrote", async ({ page, heed }) => {
  const asks = async (method: string, path: string, body: object) =>
    (await fetch(heed.url + path, { method, headers: { Authorization: "Bearer " + heed.keys.secret_key }, body: JSON.stringify(body) })).json();
  await heed.events(
    { type: "response", response_id: "r-issue", feature: "search" },
    { type: "feedback", id: "issue-1", response_id: "r-issue", vote: "down", tags: ["incorrect"], comment: "No such shop, says wombat", user: "u-1" },
  );
  const finding = await asks("POST", "/v1/findings", { title: "Hours are made up & “wrong”", selection: { filter: { tag: ["incorrect"], feature: ["search"] } } });

  await page.goto(heed.member("grace", "admin"));
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Keep it and go on" }).click();
  await expect(page.getByRole("navigation", { name: "Places" })).toBeVisible();
  const project = new URL(page.url()).searchParams.get("project");
  const within = (path: string) => heed.url + path + (project ? `?project=${project}` : "");

  await page.goto(within(`/findings/${finding.id}`));
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Hours are made up");
  await expect(page.getByText("Open one at")).toHaveCount(0);

  await page.goto(within("/settings/integrations"));
  await page.getByLabel("GitHub", { exact: true }).check();
  await page.getByLabel("Repository").fill("https://github.com/acme");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("must name a repository");
  await page.getByLabel("Repository").fill("https://github.com/acme/app");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.reload();
  await expect(page.getByLabel("Repository")).toHaveValue("https://github.com/acme/app");
  expect((await (await axe(page)).analyze()).violations).toEqual([]);
  if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/settings.png`, fullPage: true });

  await page.goto(within(`/findings/${finding.id}`));
  const link = page.getByRole("link", { name: "Open one at GitHub" });
  const url = new URL((await link.getAttribute("href"))!);
  expect(url.origin + url.pathname).toBe("https://github.com/acme/app/issues/new");
  expect(url.searchParams.get("title")).toBe("Hours are made up & “wrong”");
  expect(url.searchParams.get("body")).toContain(`${heed.url}/findings/${finding.id}?project=`);
  expect(url.href).not.toContain("wombat");
  await expect(link).toHaveAttribute("rel", /noreferrer/);
  if (process.env.PICTURES) {
    for (const [name, size, colorScheme] of [["light", 1280, "light"], ["dark", 1280, "dark"], ["phone", 390, "light"]] as const) {
      await page.setViewportSize({ width: size, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.PICTURES}/finding-${name}.png`, fullPage: true });
      await page.goto(within("/settings/integrations"));
      await page.getByLabel("Jira").check();
      await page.screenshot({ path: `${process.env.PICTURES}/settings-${name}.png`, fullPage: true });
      await page.goto(within(`/findings/${finding.id}`));
      await expect(link).toBeVisible();
    }
  }
  // The way back leads to the finding.
  await page.goto(/Finding: (\S+)/.exec(url.searchParams.get("body")!)![1]!);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Hours are made up");

  await page.goto(within("/settings/integrations"));
  await page.getByLabel("None").check();
  await expect(page.getByLabel("Repository")).toHaveCount(0);
});

test("a Slack app is connected, and taken away", async ({ page, heed }) => {
  await page.goto(heed.member("mary", "admin"));
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByLabel("Password").fill("correct horse battery");
  await page.getByRole("button", { name: "Keep it and go on" }).click();
  await expect(page.getByRole("navigation", { name: "Places" })).toBeVisible();
  const project = new URL(page.url()).searchParams.get("project");
  await page.goto(heed.url + "/settings/integrations" + (project ? `?project=${project}` : ""));
  await page.getByLabel("Signing secret").fill("no secret");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("signing secret of the app");
  await page.getByLabel("Signing secret").fill("8f742231b10e8888abcd99yyyzzz85a5");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByText("nobody is asked for the reason")).toBeVisible();
  await expect(page.getByText(/\/v1\/integrations\/slack\/slk_/)).toBeVisible();
  await page.getByLabel("Bot token").fill("xoxb-1234567890-abc");
  await page.getByRole("button", { name: "Save" }).nth(0).click();
  await expect(page.getByText("Connected now; a bad vote asks")).toBeVisible();
  await expect(page.getByLabel("Bot token")).toHaveValue("");
  expect((await (await axe(page)).analyze()).violations).toEqual([]);
  if (process.env.PICTURES) {
    for (const [name, size, colorScheme] of [["light", 1280, "light"], ["dark", 1280, "dark"], ["phone", 390, "light"]] as const) {
      await page.setViewportSize({ width: size, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${process.env.PICTURES}/slack-${name}.png`, fullPage: true });
    }
  }
  page.on("dialog", (dialog) => void dialog.accept());
  await page.getByRole("button", { name: "Take the app away" }).click();
  await expect(page.getByRole("button", { name: "Connect", exact: true })).toBeVisible();
});
