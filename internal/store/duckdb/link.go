package duckdb

// DuckDB's library is linked so that every name in it can be found by extensions
// that are loaded at run time. Heed loads none, and the table of names would be 7 MB
// of the binary, and of the memory of every process, as it is looked through at the
// start.

// #cgo linux LDFLAGS: -Wl,--no-export-dynamic
import "C"
