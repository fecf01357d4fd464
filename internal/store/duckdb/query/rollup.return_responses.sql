INSERT INTO rollup_responses SELECT * FROM summed_responses
