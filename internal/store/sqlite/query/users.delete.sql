-- The last admin stays: nobody could let another in.
DELETE FROM users
WHERE id = :id AND (role <> 'admin' OR EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND id <> :id));
