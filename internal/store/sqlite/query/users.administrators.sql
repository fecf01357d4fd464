-- Who can let others in.
SELECT count(*) FROM users WHERE role IN ('owner', 'admin') AND id <> :but
