INSERT INTO rollup_signals SELECT * FROM summed_signals
