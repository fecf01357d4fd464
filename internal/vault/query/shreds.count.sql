SELECT count FROM shreds
