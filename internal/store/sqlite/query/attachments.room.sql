-- How much there is already, and whether the person was erased since.
SELECT (SELECT count(*) FROM attachments WHERE project = :project AND feedback = :feedback),
       count(*),
       coalesce(sum(bytes), 0),
       EXISTS (SELECT 1
               FROM erasures e JOIN erasure_respondents r ON r.erasure = e.id
               WHERE e.project = :project AND r.respondent = :respondent AND e.requested_at >= :created_at)
FROM attachments
WHERE project = :project AND ended_at IS NULL
