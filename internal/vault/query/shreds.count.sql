SELECT count FROM shreds;
