UPDATE inbox_position SET seq = :seq
