SELECT id, wrapped FROM keys_1 WHERE project = '' AND owner = 'vault'
