-- Puts the crowd into the rank of all who said the like.
UPDATE inbox
SET rank = (rank & ~(:mask << :shift)) | (:crowd << :shift)
WHERE project = :project AND alike = :alike
