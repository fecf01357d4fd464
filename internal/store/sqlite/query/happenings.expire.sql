DELETE FROM happenings WHERE time < :before
