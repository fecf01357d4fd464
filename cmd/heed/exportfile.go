package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// output is where an export goes. A file appears under its name only when it
// is whole: until keep it has another name beside it.
type output struct {
	*bufio.Writer
	file *os.File // nil: a stream of somebody else's
	name string   // the name the file has, or is to have
	temp string   // the name it has until then; "": none
}

func streamTo(w io.Writer) *output { return &output{Writer: bufio.NewWriter(w)} }

// createOutput begins a file. What is already there under the name and is no
// file, such as a device or a pipe, is written to as it is.
func createOutput(name string) (*output, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, cannotWrite(name, err)
		}
		return &output{Writer: bufio.NewWriter(f), file: f, name: name}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, cannotWrite(name, err)
	}
	return &output{Writer: bufio.NewWriterSize(f, 256<<10), file: f, name: name, temp: f.Name()}, nil
}

// replaces reports whether a file takes the place of what is there at the end, so
// that until then nothing has changed. A stream or a device has taken a part.
func (o *output) replaces() bool { return o.temp != "" }

// keep makes what was written durable and gives the file its name.
func (o *output) keep() error {
	err := o.Flush()
	if o.file == nil {
		return err
	}
	if o.temp != "" {
		err = errors.Join(err, o.file.Sync())
	}
	err = errors.Join(err, o.file.Close())
	if err == nil && o.temp != "" {
		err = os.Rename(o.temp, o.name)
	}
	if err != nil {
		return cannotWrite(o.name, err)
	}
	o.temp, o.file = "", nil
	return nil
}

// discard closes the file and removes it, unless it was kept.
func (o *output) discard() {
	if o.file != nil {
		_ = o.file.Close()
	}
	if o.temp != "" {
		_ = os.Remove(o.temp)
	}
}

func cannotWrite(path string, err error) error {
	return fmt.Errorf("%s cannot be written: %w", path, unwrapPath(err))
}
