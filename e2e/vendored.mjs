/** Fails where the modules in console/vendor are not the versions that package.json pins. */
import { readFileSync } from "node:fs";

const modules = {
  "preact.mjs": "preact/dist/preact.mjs", "preact/hooks.mjs": "preact/hooks/dist/hooks.mjs",
  "@preact/signals.mjs": "@preact/signals/dist/signals.mjs", "@preact/signals-core.mjs": "@preact/signals-core/dist/signals-core.mjs",
};
const text = (path) => readFileSync(new URL(path, import.meta.url), "utf8").replace(/^\/\/# sourceMappingURL.*$/m, "").trim();
for (const [ours, theirs] of Object.entries(modules)) {
  if (text(`../console/vendor/${ours}`) !== text(`node_modules/${theirs}`)) {
    console.error(`console/vendor/${ours} is not what npm has as ${theirs}: copy it, without its last line`);
    process.exitCode = 1;
  }
}
