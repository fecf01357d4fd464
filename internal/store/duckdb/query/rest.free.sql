-- The limit that there is: setting it is the only statement after which DuckDB's
-- allocator gives back what is free. A lower one would fail queries meanwhile.
SET memory_limit = '{{.}}'
