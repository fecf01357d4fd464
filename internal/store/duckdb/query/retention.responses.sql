SELECT rowid FROM responses WHERE project = ? AND time < ? LIMIT ?
