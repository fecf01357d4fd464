SELECT seq FROM inbox_position
