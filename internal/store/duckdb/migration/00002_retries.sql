-- Tries again, and when the first byte came. Rows from before know neither.
ALTER TABLE responses ADD COLUMN ttfb_ms DOUBLE;
ALTER TABLE responses ADD COLUMN retries BIGINT;
ALTER TABLE responses ADD COLUMN retry_of VARCHAR DEFAULT '';
ALTER TABLE rollup_responses ADD COLUMN retries BIGINT DEFAULT 0; -- responses that were tries again
