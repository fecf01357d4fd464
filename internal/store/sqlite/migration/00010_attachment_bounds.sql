-- +goose Up
-- Each new attachment asks how much its project keeps, and whether its person
-- was erased; each erasure asks for its person's.
CREATE INDEX attachments_kept ON attachments (project, respondent, bytes) WHERE ended_at IS NULL;
CREATE INDEX attachments_person ON attachments (project, respondent);
CREATE INDEX erasures_person ON erasures (project, respondent);
