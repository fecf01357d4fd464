DELETE FROM rollup_signals WHERE hour = ?
