INSERT INTO rollup_errors SELECT * FROM summed_errors
