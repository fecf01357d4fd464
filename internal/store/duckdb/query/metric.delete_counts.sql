DELETE FROM metrics WHERE hour = ?
