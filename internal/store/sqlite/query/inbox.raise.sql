-- Puts the crowd into the rank of what is open.
UPDATE inbox
SET rank = (rank & ~(:mask << :shift)) | (:crowd << :shift)
WHERE project = :project AND alike = :alike
