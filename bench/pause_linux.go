package main

import (
	"syscall"
	"time"
)

// pause sleeps to within some 60 µs. time.Sleep rounds up to a millisecond
// while nothing else runs, because the runtime waits in epoll, whose timeout
// is in milliseconds; at 2,000 requests a second that would be the figure.
func pause(d time.Duration) {
	if d <= 0 {
		return
	}
	left := syscall.NsecToTimespec(int64(d))
	for syscall.Nanosleep(&left, &left) == syscall.EINTR {
	}
}
