UPDATE file SET deleted_since = ? WHERE deleted_since IS NULL
