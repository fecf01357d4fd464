UPDATE rewritten.file SET written = ?, deleted_since = NULL
