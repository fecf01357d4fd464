package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/oidc"
)

// minFreeBytes is the room a server should have: the spool alone may take one
// GiB at the default.
const minFreeBytes = 1 << 30

func (d *doctor) checkConfiguration(context.Context) diagnosis {
	c, err := serving{Data: d.cmd.Data, Config: d.cmd.Config}.config(&environment{getenv: d.getenv})
	if err != nil {
		return ill("%s", sentence(err))
	}
	d.config, d.parsed = c, true
	file := d.cmd.Config
	if file == "" {
		file = d.getenv("HEED_CONFIG")
	}
	if file == "" {
		return fine("no file; defaults and environment are in force")
	}
	return fine("%s", file)
}

// checkDataDirectory looks without changing anything but a file that it
// removes again. No directory is no problem unless one was named: the server
// may run elsewhere.
func (d *doctor) checkDataDirectory(context.Context) diagnosis {
	if !d.parsed {
		return skipped("the configuration does not say where it is")
	}
	dir := d.config.Data
	text, err := os.ReadFile(filepath.Join(dir, "version"))
	_, missing := os.Stat(dir)
	switch {
	case errors.Is(missing, fs.ErrNotExist) && dir == defaultConfig().Data:
		return skipped("there is none at %s: name it with --data if the server runs on this machine", dir)
	case errors.Is(missing, fs.ErrNotExist):
		return ill("There is no directory %s: name another with --data, or start heed serve, which makes it.", dir)
	case errors.Is(err, fs.ErrNotExist):
		return ill("%s is not a Heed data directory, as it holds no file called version: name another with --data, or start heed serve, which makes it one.", dir)
	case err != nil:
		return ill("%s cannot be read: %v. Run as the user that owns it.", dir, unwrapPath(err))
	}
	found, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ill("%s does not hold a number: is %s a Heed data directory?", filepath.Join(dir, "version"), dir)
	}
	if found > dataVersion {
		return ill("%s is of version %d and this heed knows up to %d: run the newer heed that wrote it.", dir, found, dataVersion)
	}
	if err := probeWrite(dir); err != nil {
		return ill("%s cannot be written: %v. Run as the user that owns it, or make room on the disk.", dir, unwrapPath(err))
	}
	free, err := d.free(dir)
	if err != nil {
		return ill("The free space of %s cannot be read: %v.", dir, err)
	}
	if free < minFreeBytes {
		return ill("%s has %s free, less than 1 GiB: make room, or the server will soon refuse what is sent to it.", dir, gibibytes(free))
	}
	return fine("%s, version %d, writable, %s free", dir, found, gibibytes(free))
}

// checkIdentityProvider asks the provider that the configuration names for what it
// says of itself, and whether it knows Heed.
func (d *doctor) checkIdentityProvider(ctx context.Context) diagnosis {
	switch {
	case !d.parsed:
		return skipped("the configuration does not say whether there is one")
	case d.config.OIDC.Issuer == "":
		return fine("none is set up; members sign in by name and password")
	}
	if err := oidc.New(d.config.OIDC.provider()).Check(ctx); err != nil {
		cause := ""
		if e, ok := errors.AsType[*heed.Error](err); ok && e.Err != nil {
			cause = " (" + e.Err.Error() + ")"
		}
		return ill("%s: %s%s.", d.config.OIDC.Issuer, message(err), cause)
	}
	return fine("%s answers, and knows Heed", d.config.OIDC.Issuer)
}

// message is what an error says to whoever can do something.
func message(err error) string {
	if e, ok := errors.AsType[*heed.Error](err); ok {
		return e.Message
	}
	return err.Error()
}

// probeWrite writes a little and takes it away again.
func probeWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString("heed doctor was here\n")
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

func freeBytes(dir string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}

func gibibytes(n uint64) string {
	return strconv.FormatFloat(float64(n)/(1<<30), 'f', 1, 64) + " GiB"
}
