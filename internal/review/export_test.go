package review

// Round is one round, for tests that choose the time.
var Round = (*Watcher).round
