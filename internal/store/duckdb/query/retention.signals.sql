SELECT rowid FROM signals WHERE project = ? AND time < ? LIMIT ?
