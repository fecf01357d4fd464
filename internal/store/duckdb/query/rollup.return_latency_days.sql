INSERT INTO rollup_latency_days SELECT * FROM summed_latency_days
