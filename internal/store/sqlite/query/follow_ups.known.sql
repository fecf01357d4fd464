SELECT EXISTS (SELECT 1 FROM follow_ups WHERE project = :project AND finding = :finding AND state = :state AND feedback = :feedback)
