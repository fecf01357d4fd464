UPDATE inbox
SET state = :state, severity = :severity, rank = :rank, kind = :kind, alike = :alike, bound = :bound, words = :words, opened_at = :opened_at, state_since = :state_since,
    finding = :finding
WHERE project = :project AND feedback = :feedback
