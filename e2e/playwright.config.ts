import { defineConfig } from "@playwright/test";

export default defineConfig({
  testMatch: "*.spec.ts",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  retries: 1, // on a machine shared with others; what passes only then is told as flaky, to be looked at
  timeout: 60_000,
  expect: { timeout: 15_000 }, // as long as a busy machine may take; speed is measured elsewhere
  reporter: [["list"]],
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    },
    locale: "en-GB",
  },
});
