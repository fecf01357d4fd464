INSERT INTO metrics SELECT * FROM summed_metrics
