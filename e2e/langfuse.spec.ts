/** The client that Langfuse has for pages, unchanged, in a real page of a customer. */
import { join } from "node:path";
import { expect, newResponse, test } from "./heed.ts";

const modules = { langfuse: "langfuse/lib/index.mjs", "langfuse-core": "langfuse-core/lib/index.mjs", mustache: "mustache/mustache.mjs" };

test("a page scores a trace with Langfuse's own client", async ({ page, heed, site }) => {
  const imports = Object.fromEntries(Object.entries(modules).map(([name, file]) => [name, "/modules/" + file]));
  await page.route("**/modules/**", (route) =>
    route.fulfill({ path: join(import.meta.dirname, "node_modules", new URL(route.request().url()).pathname.replace("/modules/", "")) }),
  );
  const trace = newResponse();
  await heed.events({ type: "response", response_id: trace, trace_id: trace });
  await page.goto(site.page("<p>The answer.</p>", { head: `<script type="importmap">${JSON.stringify({ imports })}</script>` }));
  const complaints = await page.evaluate(
    async ([publicKey, baseUrl, traceId]) => {
      const { LangfuseWeb } = await import("langfuse" as string);
      const client = new LangfuseWeb({ publicKey, baseUrl, fetchRetryCount: 0 });
      const complaints: string[] = [];
      for (const kind of ["error", "warning"]) client.on(kind, (problem: unknown) => complaints.push(String(problem)));
      const id = crypto.randomUUID();
      await client.score({ id, traceId, name: "user-feedback", value: 1 });
      await client.score({ id, traceId, name: "user-feedback", value: 0, comment: "not so" });
      return complaints;
    },
    [heed.keys.publishable_key, heed.url, trace],
  );
  expect(complaints).toEqual([]);
  await expect.poll(() => heed.feedback(trace)).toMatchObject([{ vote: "down", comment: "not so", trust: "public" }]);
});
