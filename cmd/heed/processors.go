package main

import (
	"os"
	"runtime"
)

// leastAtOnce is how many goroutines compute at once at least, however few
// processors there are. Go lets one that computes go on for 10 ms, and looks for no
// answer from the network meanwhile: where both of two store events and follow the
// inbox, a request waits for several turns of theirs. With more threads than
// processors the system shares them, and lets who slept go first.
const leastAtOnce = 4

// shareProcessors has at least so many compute at once, unless GOMAXPROCS says how many.
func shareProcessors() {
	if os.Getenv("GOMAXPROCS") == "" && runtime.GOMAXPROCS(0) < leastAtOnce {
		runtime.GOMAXPROCS(leastAtOnce)
	}
}
