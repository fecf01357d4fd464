package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/heed-ai/heed/internal/store"
)

// aside is the folder of what can never be stored: each as <seq>.cbor, with
// the reason in <seq>.txt. It is used by one goroutine, but for count.
type aside struct {
	dir   string
	count atomic.Int64
}

// openAside makes the folder if it is not there and counts what is in it.
func openAside(dir string) (*aside, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	a := &aside{dir: dir}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".cbor") {
			a.count.Add(1)
		}
	}
	return a, nil
}

// put keeps data and the reason durably. Putting the same seq again, as after
// a crash, changes nothing. The .cbor file comes last: if it is there, all is.
func (a *aside) put(seq store.Seq, data []byte, reason error) error {
	name := filepath.Join(a.dir, fmt.Sprintf("%020d", seq))
	if _, err := os.Stat(name + ".cbor"); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("set aside: %w", err)
	}
	text := fmt.Sprintf("set aside: %s\nseq: %d\nbytes: %d\nreason: %s\n",
		time.Now().UTC().Format(time.RFC3339), seq, len(data), reason)
	err := writeDurably(name+".txt", []byte(text))
	if err == nil {
		err = writeDurably(name+".cbor", data)
	}
	if err != nil {
		return fmt.Errorf("set aside: %w", err)
	}
	a.count.Add(1)
	return nil
}

// writeDurably makes a file that is there whole or not at all.
func writeDurably(path string, data []byte) error {
	f, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
