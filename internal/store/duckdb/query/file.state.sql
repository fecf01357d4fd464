SELECT written, deleted_since FROM file
