DELETE FROM rollup_latency WHERE hour = ?
