package spool

import (
	"os"
	"time"
)

// Stats is the state of a spool at one moment.
type Stats struct {
	Bytes        int64         // that the spool takes on disk, without what is set aside
	PendingBytes int64         // of these, bytes of events not yet stored
	Events       int64         // not yet stored
	Oldest       time.Duration // since the oldest of these became durable
	SetAside     int64         // events, or stretches of the log, that can never be stored
	Appended     uint64        // events made durable since Open
	Commits      uint64        // fsyncs that took
}

// Stats reads the sizes of the files, so it is not for every request.
func (s *Spool) Stats() Stats {
	st := Stats{Bytes: s.diskBytes(), SetAside: s.aside.count.Load()}
	s.mu.Lock()
	defer s.mu.Unlock()
	st.PendingBytes, st.Events = s.pending.bytes, s.pending.events
	st.Appended, st.Commits = s.appended, s.commits
	if st.Events > 0 && !s.oldest.IsZero() {
		st.Oldest = max(0, time.Since(s.oldest))
	}
	return st
}

// diskBytes adds up the log's files. One that goes away meanwhile is not
// counted.
func (s *Spool) diskBytes() int64 {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return 0
	}
	var sum int64
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			sum += info.Size()
		}
	}
	return sum
}
