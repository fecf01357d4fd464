/** Measures the console on a demo that runs: node speed.mjs ADDRESS. Prints JSON; times in milliseconds. */
import { chromium } from "@playwright/test";
import { gzipSync } from "node:zlib";

const address = process.argv[2];
const size = async (path) => gzipSync(Buffer.from(await (await fetch(address + path)).arrayBuffer()), { level: 9 }).length;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto(address + "/demo/console");
await page.getByText(/^People rated/).waitFor();

/** From a click to the second frame after the page shows what was asked for: then it is on the screen. */
const timed = (selector, shows) =>
  page.evaluate(
    ([selector, shows]) =>
      new Promise((done, fail) => {
        const began = performance.now();
        document.querySelector(selector).click();
        const look = () => {
          const h1 = document.querySelector("h1")?.textContent ?? "";
          if (new RegExp(shows).test(h1)) requestAnimationFrame(() => done(performance.now() - began));
          else if (performance.now() - began > 10_000) fail(new Error(`${selector} did not show ${shows}`));
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    [selector, shows],
  );

const walk = [
  ['.places a[href^="/explore"]', "highest for"], ['.places a[href^="/responses"]', "failed"], ['.places a[href^="/feedback"]', "bad "],
  ['.places a[href^="/live"]', "last minute"], ['.places a[href^="/settings"]', "^Project"], ['.places a[href^="/overview"]', "^People rated"],
];
const times = [];
for (let round = 0; round < 25; round++) for (const [selector, shows] of walk) times.push(await timed(selector, shows));
times.sort((a, b) => a - b);

const loads = [];
for (let i = 0; i < 15; i++) {
  const began = performance.now();
  await page.goto(address + "/overview");
  await page.getByText(/^People rated/).waitFor();
  loads.push(performance.now() - began);
}
loads.sort((a, b) => a - b);
await browser.close();
console.log(JSON.stringify({
  script: await size("/console/app.js"), style: await size("/console/app.css"), widget: await size("/widget/v1.js"), core: await size("/widget/core.mjs"),
  p50: times[Math.floor(times.length / 2)], p95: times[Math.floor(times.length * 0.95)], load: loads[Math.floor(loads.length / 2)],
}));
