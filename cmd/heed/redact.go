package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf8"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

type redactCommand struct {
	File    string   `arg:"" optional:"" help:"File to read; standard input, if there is none." type:"existingfile"`
	JSON    bool     `name:"json" help:"Print what was found instead of the text: an object a line, with offsets in code points of the whole input."`
	Pattern []string `help:"What to find besides, such as CUSTOMER=KD-[0-9]{8}; may stand several times." placeholder:"NAME=PATTERN" sep:"none"`
}

const (
	// redactPartBytes is how much is redacted at once. Numbers of placeholders
	// begin anew in each part.
	redactPartBytes = 32 << 10
	keyBlockBegin   = "-----BEGIN "
)

// Run redacts a text without a server, and without storing anything. It
// streams, so that a text may be longer than the memory, and it never prints
// what it could not redact.
func (cmd redactCommand) Run(env *environment) (err error) {
	patterns := make([]heed.RedactPattern, len(cmd.Pattern))
	for i, arg := range cmd.Pattern {
		if patterns[i], err = patternOf(arg); err != nil {
			return err
		}
	}
	cleaner, err := privacy.NewCleaner().With(patterns)
	if err != nil {
		return err
	}
	in := env.stdin
	if cmd.File != "" {
		file, err := os.Open(cmd.File)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	}
	out := bufio.NewWriter(env.stdout)
	defer func() { err = errors.Join(err, out.Flush()) }()
	print := printText
	if cmd.JSON {
		print = printFindings
	}
	return redactStream(in, func(part string, offset int) error {
		clean, findings := cleaner.Redact(privacy.NewRaw(part))
		if clean.Withheld() {
			return fmt.Errorf("the text from character %d on could not be redacted, and is not printed: it is no text, or one line is too full", offset)
		}
		return print(out, clean, findings, offset)
	})
}

func printText(out *bufio.Writer, clean privacy.Clean, _ []privacy.Finding, _ int) error {
	_, err := out.WriteString(clean.Expose())
	return err
}

func printFindings(out *bufio.Writer, _ privacy.Clean, findings []privacy.Finding, offset int) error {
	encoder := json.NewEncoder(out)
	for _, f := range findings {
		f.Start, f.End = f.Start+offset, f.End+offset
		if err := encoder.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

// redactStream reads a text part by part. offset is how many code points came
// before the part.
func redactStream(in io.Reader, redact func(part string, offset int) error) error {
	buf, offset, ended := make([]byte, 0, redactPartBytes), 0, false
	for !ended || len(buf) > 0 {
		for len(buf) < cap(buf) && !ended {
			n, err := in.Read(buf[len(buf):cap(buf)])
			buf = buf[:len(buf)+n]
			if err != nil && err != io.EOF {
				return fmt.Errorf("read the text: %w", err)
			}
			ended = err == io.EOF
		}
		n := len(buf)
		if !ended {
			n = partEnd(buf)
		}
		if n == 0 {
			break
		}
		part := string(buf[:n])
		if err := redact(part, offset); err != nil {
			return err
		}
		offset += utf8.RuneCountInString(part)
		buf = buf[:copy(buf, buf[n:])]
	}
	return nil
}

// partEnd returns where to cut a full buffer: at a blank line if there is one
// in its second half, else at a line end, else at a space, and before a
// private key that has not ended. What has none of them is cut where it is,
// between two characters.
func partEnd(buf []byte) int {
	limit := len(buf)
	if open := bytes.LastIndex(buf, []byte(keyBlockBegin)); open > 0 && !bytes.Contains(buf[open:], []byte("-----END ")) {
		limit = open
	}
	for _, sep := range []string{"\n\n", "\n", " "} {
		if i := bytes.LastIndex(buf[:limit], []byte(sep)); i > 0 && (i > limit/2 || sep == " ") {
			return i + len(sep)
		}
	}
	for n := limit; n > limit-utf8.UTFMax; n-- {
		if utf8.RuneStart(buf[n-1]) {
			if r, size := utf8.DecodeRune(buf[n-1 : limit]); r != utf8.RuneError || size > 1 {
				return n - 1 + size
			}
			return n - 1
		}
	}
	return limit
}
