/** Makes the pictures of the README from a demo that runs: node pictures.mjs ADDRESS FOLDER. */
import { chromium } from "@playwright/test";

const [, , address, folder] = process.argv;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const open = async (colorScheme, height) => (await browser.newContext({ viewport: { width: 1440, height }, colorScheme })).newPage();

let page = await open("light", 820);
await page.goto(address + "/demo");
await page.getByRole("button", { name: /Lyon/ }).click();
await page.getByText("The shop in Lyon opens at 7").waitFor();
await page.getByRole("button", { name: "Bad answer" }).first().click();
await page.frameLocator("iframe").getByRole("listitem").filter({ hasText: "Bad" }).first().waitFor();
await page.getByRole("button", { name: "Wrong or made up" }).click();
await page.waitForTimeout(1500);
await page.screenshot({ path: folder + "/demo.png" });

page = await open("light", 1000);
await page.goto(address + "/demo/console?to=overview");
await page.getByText(/^People rated/).waitFor();
await page.waitForTimeout(1000);
await page.screenshot({ path: folder + "/overview.png" });

page = await open("dark", 820);
await page.goto(address + "/demo/console");
await page.getByText(/^People rated/).waitFor();
await page.goto(address + "/feedback?vote=down&tag=incorrect");
await page.getByRole("list", { name: "Feedback, newest first" }).getByRole("listitem").nth(4).waitFor();
for (let i = 0; i < 5; i++) await page.keyboard.press("j");
await page.waitForTimeout(1500);
await page.screenshot({ path: folder + "/story.png" });

page = await open("light", 820);
await page.goto(address + "/demo/console");
await page.getByText(/^People rated/).waitFor();
await page.goto(address + "/inbox");
await page.getByRole("heading", { name: /want eyes/ }).waitFor();
await page.getByRole("listitem").first().waitFor();
await page.keyboard.press("j");
await page.keyboard.press("j");
await page.keyboard.press("j");
await page.waitForTimeout(1500);
await page.screenshot({ path: folder + "/inbox.png" });
await page.goto(address + "/findings/fnd_demo_invented");
await page.getByRole("heading", { name: "What people are told" }).waitFor();
await page.waitForTimeout(1000);
await page.screenshot({ path: folder + "/finding.png" });
await page.goto(address + "/reviews/rev_demo");
await page.getByRole("article", { name: "Review" }).waitFor();
await page.waitForTimeout(1000);
await page.screenshot({ path: folder + "/review.png" });
await browser.close();
