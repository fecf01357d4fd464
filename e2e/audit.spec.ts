import { axe, enter, expect, ownTest as test, password } from "./heed.ts";

test("an auditor sees who did what, and an admin gives roles", async ({ page, own }) => {
  await enter(page, own);
  await page.goto(own.url + "/settings/members");
  await page.getByLabel("Name of the member").fill("carla");
  await page.getByLabel("Role", { exact: true }).selectOption("analyst");
  await page.getByRole("button", { name: "Invite" }).click();
  const link = (await page.locator(".said pre").textContent())!;
  await page.getByLabel("Role of carla").selectOption("auditor");
  await expect(page.getByLabel("Role of carla")).toBeEnabled();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto(link);
  await page.getByRole("button", { name: "Enter" }).click();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Keep it and go on" }).click();
  await expect(page.getByRole("navigation", { name: "Places" }).getByRole("link")).toHaveText(["heed", "Audit", "Privacy", "carla, auditor"]);
  await page.goto(own.url + "/audit");
  const log = page.getByRole("list", { name: "Who did what" }).getByRole("listitem");
  const changed = log.filter({ hasText: "member.role_changed" });
  await expect(changed).toContainText("ada made carla auditor, who was analyst.");
  await expect(changed).toContainText("role auditor");
  await expect(log.filter({ hasText: "The operator made the project ours." })).toContainText("project.created");

  // Each action that the API knows is offered, and one of them shows what is like it.
  const { paths } = await (await page.request.get(own.url + "/openapi.json")).json();
  const known: string[] = paths["/v1/audit"].get.parameters.find((p: { name: string }) => p.name === "action").schema.enum;
  const offered = await page.getByLabel("What was done").getByRole("option").evaluateAll((all) => all.map((option) => (option as HTMLOptionElement).value));
  expect(offered.filter(Boolean).sort()).toEqual([...known].sort());
  await changed.getByRole("link", { name: "member.role_changed" }).click();
  await expect(page.getByLabel("What was done")).toHaveValue("member.role_changed");
  await expect(log).toHaveCount(1);
  await page.getByLabel("What was done").selectOption("");
  await log.filter({ hasText: "signed in." }).first().getByRole("link", { name: "carla" }).click();
  await expect(page.getByRole("link", { name: /^by carla/ })).toBeVisible();
  await expect(log.filter({ hasText: "ada" })).toHaveCount(0);
  expect((await (await axe(page)).analyze()).violations.map(({ id }) => id)).toEqual([]);
});

test("what is not known to the console is told by its own name", async ({ page, own }) => {
  await enter(page, own);
  await page.route("**/v1/audit", (route) => route.fulfill({ json: { items: [
    { number: 7, time: new Date().toISOString(), actor: { kind: "member", id: "usr_a", name: "<b>ada</b>" }, project: "prj_x", action: "kite.flown_high", object: "kte_1", details: { wind: "west", string: "long" } },
    { number: 6, time: new Date().toISOString(), actor: { kind: "robot" }, action: "kite" },
  ], next: "", names: {} } }));
  await page.goto(own.url + "/audit");
  const log = page.getByRole("list", { name: "Who did what" }).getByRole("listitem");
  await expect(log.first()).toContainText("<b>ada</b> did “Kite: flown high” to kte_1.");
  await expect(log.first()).toContainText("wind west");
  await expect(log.last()).toContainText("Robot did “Kite”.");
});
