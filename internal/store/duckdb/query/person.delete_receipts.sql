DELETE FROM receipts WHERE project = ? AND received <= ?
