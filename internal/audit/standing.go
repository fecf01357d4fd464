package audit

import "time"

// Standing says which checkpoints of the log have left the machine.
type Standing struct {
	Since   time.Time // since when that is known: a server remembers those that it published itself
	Log     Sent      // to the log of the process
	Webhook *Sent     // nil: there is none
}

// Sent says how one way out fares.
type Sent struct {
	At      time.Time // when the last was taken; zero: none yet
	Records int64     // how many records that one vouches for, from the first
	Trouble string    // why the one after it was not taken; it names no address
}
