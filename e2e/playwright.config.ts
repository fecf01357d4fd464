import { defineConfig } from "@playwright/test";

export default defineConfig({
  testMatch: "*.spec.ts",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  retries: 1, // on a machine shared with others; what passes only then is told as flaky, to be looked at
  // As long as a busy machine may take, for a test and for what it waits for: to wait longer costs nothing but where one fails. Speed is measured elsewhere.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  use: {
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    },
    locale: "en-GB",
  },
});
