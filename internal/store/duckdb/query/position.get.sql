SELECT seq FROM position
