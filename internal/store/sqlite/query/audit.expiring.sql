-- The first record that there is, and the one up to which they have expired. They
-- follow each other in time, but for a clock that was put back: a younger one keeps
-- those after it. The log is one, for all projects.
SELECT coalesce((SELECT min(number) FROM audit_records), 0), coalesce(min(number), 0)
FROM (
    SELECT min(number) AS number FROM audit_records WHERE time >= :before
    UNION ALL
    SELECT min(number) + :limit FROM audit_records
)
