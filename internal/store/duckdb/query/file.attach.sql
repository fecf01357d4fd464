ATTACH '{{.}}' AS rewritten
