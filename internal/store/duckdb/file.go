package duckdb

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/heed-ai/heed"
)

var (
	//go:embed query/file.state.sql
	fileState string
	//go:embed query/file.note_deleted.sql
	fileNoteDeleted string
	//go:embed query/file.attach.sql
	fileAttach string
	//go:embed query/file.copy.sql
	fileCopy string
	//go:embed query/file.note_written.sql
	fileNoteWritten string
	//go:embed query/file.same.sql
	fileSame string
	//go:embed query/file.checkpoint.sql
	fileCheckpoint string
	//go:embed query/file.detach.sql
	fileDetach string
)

const (
	// freshSuffix ends the name of the new file while it is written, and walSuffix
	// that of DuckDB's log beside a file.
	freshSuffix = ".new"
	walSuffix   = ".wal"
	// patience is how long readers may go on while the file is to be changed, and
	// so how long others wait for them.
	patience = 10 * time.Second
	// spareShare is how much more room than the file has there must be: a
	// sixteenth, for what the new file lays out in another way.
	spareShare = 16
)

// FileState says whether the file holds what was deleted.
func (s *Store) FileState(ctx context.Context) (heed.FileState, error) {
	var written, since sql.NullInt64
	if err := s.db.QueryRowContext(ctx, fileState).Scan(&written, &since); err != nil {
		return heed.FileState{}, failure("read the state of the file", err)
	}
	var state heed.FileState
	if written.Valid {
		state.WrittenAt = instant(written.Int64)
	}
	if since.Valid {
		state.DeletedSince = instant(since.Int64)
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return heed.FileState{}, failure("read the size of the file", err)
	}
	state.Bytes = info.Size()
	return state, nil
}

// noteDeleted notes, in the transaction that deletes, that the file holds what
// is to leave it.
func (s *Store) noteDeleted(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, fileNoteDeleted, now().UnixMicro())
	return err
}

// Rewrite writes everything into a new file and puts it in the place of the old
// one. DuckDB has no other way: after DELETE, CHECKPOINT and VACUUM the rows are
// still in the file, in blocks that are marked as free.
//
//	copy ─▶ sync the copy ─▶ close the old file ─▶ rename ─▶ sync the folder ─▶ open the new file
//
// The old file counts until the rename, and the new one from then on; both hold
// the same. A copy that a crash left behind is removed at the next start. A file
// and the log beside it belong together, so the old file is closed first, which
// works its log into it: no log of one file is ever beside another.
func (s *Store) Rewrite(ctx context.Context) error {
	s.background.Wait() // it reads the whole file once
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write == nil {
		return errClosed()
	}
	return failure("write the events file anew", s.rewrite(ctx))
}

func (s *Store) rewrite(ctx context.Context) error {
	fresh := s.path + freshSuffix
	if err := removeCopy(s.path); err != nil {
		return err
	}
	if err := s.roomForCopy(); err != nil {
		return err
	}
	err := s.copyTo(ctx, fresh)
	if err == nil {
		err = s.change(ctx, fresh)
	}
	if err != nil && s.write != nil {
		_, detached := s.write.ExecContext(context.WithoutCancel(ctx), fileDetach)
		return errors.Join(err, detached, removeCopy(s.path))
	}
	return err
}

// roomForCopy refuses to begin what the disk could not hold.
func (s *Store) roomForCopy() error {
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	free, err := freeBytes(filepath.Dir(s.path))
	if err != nil {
		return err
	}
	if need := info.Size() + info.Size()/spareShare; free < need {
		return &heed.Error{
			Code: heed.Unavailable, RetryAfter: time.Hour,
			Message: fmt.Sprintf("the events file is not written anew: it takes %d MB of free disk, and there are %d: make room, or what was deleted stays in the file", need>>20, free>>20),
		}
	}
	return nil
}

// copyTo writes everything into a new file, which is durable when it returns.
func (s *Store) copyTo(ctx context.Context, fresh string) error {
	attach, err := fill(fileAttach, strings.ReplaceAll(fresh, "'", "''"))
	if err != nil {
		return err
	}
	var name string
	if err := s.write.QueryRowContext(ctx, "SELECT current_database()").Scan(&name); err != nil {
		return err
	}
	everything, err := fill(fileCopy, strings.ReplaceAll(name, `"`, `""`))
	if err != nil {
		return err
	}
	for _, statement := range []string{fileDetach, attach, everything} {
		if _, err := s.write.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := s.reach("copied"); err != nil {
		return err
	}
	var same bool
	if err := s.write.QueryRowContext(ctx, fileSame).Scan(&same); err != nil {
		return err
	}
	if !same {
		return heed.Errorf(heed.Internal, "the copy of the events file is not the same as the file, which stays as it is")
	}
	if _, err := s.write.ExecContext(ctx, fileNoteWritten, now().UnixMicro()); err != nil {
		return err
	}
	for _, statement := range []string{fileCheckpoint, fileDetach} {
		if _, err := s.write.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	if err := os.Chmod(fresh, 0o600); err != nil {
		return err
	}
	if err := s.reach("detached"); err != nil {
		return err
	}
	if err := withoutLog(fresh); err != nil {
		return err
	}
	return syncPath(fresh)
}

// change puts the new file in the place of the old one. From the moment that the
// old one is closed an error that cannot be made good leaves the store closed;
// it goes on after a restart.
func (s *Store) change(ctx context.Context, fresh string) error {
	if err := s.reach("synced"); err != nil {
		return err
	}
	if err := s.write.Close(); err != nil {
		return err
	}
	s.write, s.known = nil, false
	err := s.gate.close(s.db, patience)
	if errors.Is(err, errInUse) {
		return errors.Join(unavailable(err, "the events file was not changed: readers did not let go of it in time"), s.resume(ctx))
	}
	if err == nil {
		err = withoutLog(s.path)
	}
	if err == nil {
		err = s.reach("closed")
	}
	if err == nil {
		err = os.Rename(fresh, s.path)
	}
	if err != nil { // the old file counts
		return errors.Join(err, s.openAgain(ctx))
	}
	err = s.reach("renamed")
	if err == nil {
		err = syncPath(filepath.Dir(s.path))
	}
	if err != nil { // either may be there after a power failure: nothing may be added to one
		s.gate.reopen(nil)
		return err
	}
	return s.openAgain(ctx)
}

// openAgain opens the file that is there now.
func (s *Store) openAgain(ctx context.Context) error {
	file, err := openFile(s.path, s.options)
	if err != nil {
		s.gate.reopen(nil)
		return err
	}
	s.gate.reopen(file)
	return s.resume(ctx)
}

// resume has the writer go on.
func (s *Store) resume(ctx context.Context) error {
	write, err := s.db.Conn(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	s.write = write
	return nil
}

// reach calls what a test wants to happen at a step.
func (s *Store) reach(step string) error {
	if s.atStep == nil {
		return nil
	}
	return s.atStep(step)
}

// withoutLog refuses to go on with a file that has its log beside it.
func withoutLog(path string) error {
	info, err := os.Stat(path + walSuffix)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Size() == 0:
		return os.Remove(path + walSuffix)
	}
	return fmt.Errorf("%s%s is still there", filepath.Base(path), walSuffix)
}

// removeCopy removes what is left of a copy that was not finished.
func removeCopy(path string) error {
	for _, name := range []string{path + freshSuffix, path + freshSuffix + walSuffix} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// syncPath makes a file, or the names in a folder, durable. It must not be used
// on the file that is open: closing it would end DuckDB's lock.
func syncPath(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// fill puts a name into a statement that takes no parameter for it.
func fill(statement, name string) (string, error) {
	t, err := template.New("").Parse(statement)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = t.Execute(&text, name)
	return text.String(), err
}
