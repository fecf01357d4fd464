UPDATE position SET seq = ?
