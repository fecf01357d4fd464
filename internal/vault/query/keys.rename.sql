UPDATE keys
SET owner = :owner, under = :under, wrapped = :wrapped
WHERE id = :id AND +project = :project
