package main

import (
	"encoding/json"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// parquetGroupRows bounds how many rows are held in memory until they are
// written as a group.
const parquetGroupRows = 50_000

// parquetSink writes rows as a Parquet file with typed columns.
type parquetSink[T exportRow] struct {
	writer *parquet.GenericWriter[T]
	held   int
}

func newParquetSink[T exportRow](out *output) *parquetSink[T] {
	return &parquetSink[T]{writer: parquet.NewGenericWriter[T](out,
		parquet.Compression(&zstd.Codec{}), parquet.CreatedBy("heed", version(), ""))}
}

func (s *parquetSink[T]) write(items []json.RawMessage) error {
	rows, err := rowsOf[T](items)
	if err != nil {
		return err
	}
	if _, err := s.writer.Write(rows); err != nil {
		return err
	}
	if s.held += len(rows); s.held < parquetGroupRows {
		return nil
	}
	s.held = 0
	return s.writer.Flush()
}

func (s *parquetSink[T]) close() error { return s.writer.Close() }
