INSERT INTO rollup_latency SELECT * FROM summed_latency
