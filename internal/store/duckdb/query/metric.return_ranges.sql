INSERT INTO metric_ranges SELECT * FROM summed_metric_ranges
