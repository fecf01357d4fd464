DELETE FROM rollup_responses WHERE hour = ?
