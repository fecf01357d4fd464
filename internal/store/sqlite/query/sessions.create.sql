INSERT INTO sessions (id, hash, user_id, method, browser, system, begun_at, used_at, expires_at)
VALUES (:id, :hash, :user, :method, :browser, :system, :begun_at, :used_at, :expires_at)
