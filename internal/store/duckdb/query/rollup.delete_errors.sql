DELETE FROM rollup_errors WHERE hour = ?
