-- A member reads one at a time, whichever projects they are of.
UPDATE reveals
SET expires_at = :now
WHERE member = :member AND expires_at > :now
