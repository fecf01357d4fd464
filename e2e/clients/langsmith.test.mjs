// The npm client langsmith, unchanged, against a real heed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Client } from "langsmith";

import { eventually, heed, secretKey, url } from "./heed.mjs";

test("feedback on a run, and its deletion", async () => {
  const langsmith = new Client({ apiUrl: url, apiKey: secretKey, callerOptions: { maxRetries: 0 } });
  const run = crypto.randomUUID();
  const vote = await langsmith.createFeedback(run, "user-feedback", { score: 1, comment: "nice", correction: { answer: "better" } });
  const score = await langsmith.createFeedback(run, "quality", { score: 4, feedbackConfig: { type: "continuous", min: 1, max: 7 } });
  const tag = await langsmith.createFeedback(run, "reason", { value: "too long", feedbackSourceType: "app" });
  await assert.rejects(langsmith.createFeedback(run, "judge", { score: 1, feedbackSourceType: "model" }), /what people say/);

  await eventually(`/v1/feedback/${vote.id}`, (feedback) => {
    assert.deepEqual([feedback.response_id, feedback.vote, feedback.comment, feedback.correction], [run, "up", "nice", '{"answer":"better"}']);
  });
  await eventually(`/v1/feedback/${score.id}`, (feedback) => assert.deepEqual([feedback.score, feedback.tags], [{ value: 4, min: 1, max: 7 }, ["quality"]]));
  await eventually(`/v1/feedback/${tag.id}`, (feedback) => assert.deepEqual([feedback.vote, feedback.tags], ["none", ["too long"]]));

  await langsmith.deleteFeedback(vote.id);
  await eventually(`/v1/feedback/${vote.id}`, (feedback) => assert.deepEqual([feedback.vote, feedback.has_comment], ["none", false]));
  await assert.rejects(langsmith.deleteFeedback(crypto.randomUUID()));
  await assert.rejects(new Client({ apiUrl: url, apiKey: "lsv2_pt_1", callerOptions: { maxRetries: 0 } }).createFeedback(run, "x", { score: 1 }));
  assert.equal((await heed("/v1/feedback?limit=1")).items.length, 1);
});
