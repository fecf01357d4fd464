SELECT rowid FROM steps WHERE project = ? AND time < ? LIMIT ?
