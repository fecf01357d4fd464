import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement } from "react";
import { act, create } from "react-test-renderer";
import { useFeedback } from "../dist/react.js";

globalThis.IS_REACT_ACT_ENVIRONMENT = true;

/** Renders the hook and returns what it gave last. */
async function render(heed) {
  let latest;
  const Probe = () => ((latest = useFeedback(heed, "r-1")), null);
  await act(async () => create(createElement(Probe)));
  return () => latest;
}

test("a vote shows at once, keeps its id, and the same again takes it back", async () => {
  const asked = [];
  const heed = { feedback: async (change) => (asked.push(change), { id: "fb_1", vote: change.vote ?? "down" }) };
  const hook = await render(heed);
  let voting;
  await act(async () => void (voting = hook().toggle("down")));
  assert.equal(hook().vote, "down");
  await act(() => voting);
  await act(() => hook().say({ tags: ["slow"] }));
  await act(() => hook().toggle("down"));
  assert.equal(hook().vote, "none");
  assert.deepEqual(asked.map(({ id, response_id, vote, tags }) => [id, response_id, vote, tags]), [
    [undefined, "r-1", "down", null],
    ["fb_1", "r-1", undefined, ["slow"]],
    ["fb_1", "r-1", "none", null],
  ]);
});

test("a vote that is refused goes back", async () => {
  const hook = await render({ feedback: () => Promise.reject(new Error("no")) });
  await act(() => hook().toggle("up"));
  assert.equal(hook().vote, "none");
  assert.equal(hook().error.message, "no");
});
