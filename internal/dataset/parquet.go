package dataset

import (
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// A group of rows is held in memory until it is written: so many of them, or so
// much text.
const (
	groupRows  = 20_000
	groupBytes = 16 << 20
)

// parquetFile writes rows with typed columns.
type parquetFile struct {
	writer      *parquet.GenericWriter[flatRow]
	rows, bytes int
}

func newParquet(w io.Writer) Encoder {
	// Without the number of a build: the same rows are the same file.
	return &parquetFile{writer: parquet.NewGenericWriter[flatRow](w, parquet.Compression(&zstd.Codec{}), parquet.CreatedBy("heed", "1", ""))}
}

func (f *parquetFile) Write(i *Item) (int, error) {
	if _, err := f.writer.Write([]flatRow{flat(i)}); err != nil {
		return 0, err
	}
	f.rows++
	f.bytes += len(i.Comment) + len(i.Correction) + len(i.Answer) + len(i.Other)
	for _, m := range i.Question {
		f.bytes += len(m.Content)
	}
	if f.rows < groupRows && f.bytes < groupBytes {
		return 1, nil
	}
	f.rows, f.bytes = 0, 0
	return 1, f.writer.Flush()
}

func (f *parquetFile) Close() error { return f.writer.Close() }
