import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseCommand } from "../dist/index.js";

test("commands are those of the shared vectors", () => {
  const vectors = JSON.parse(readFileSync(new URL("../../../schema/vectors/command.json", import.meta.url), "utf8"));
  assert.ok(vectors.length > 100);
  for (const { name, text, offered, command } of vectors) {
    const got = parseCommand(text, offered);
    assert.deepEqual(got && { kind: got.kind, vote: got.vote ?? "", answer: got.answer, tags: got.tags, picks: got.picks, text: got.text }, command ?? undefined, name);
  }
});
