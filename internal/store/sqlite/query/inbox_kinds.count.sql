UPDATE inbox_kinds SET people = :people, uncounted = :uncounted WHERE project = :project AND id = :id
