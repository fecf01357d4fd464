package fields

import "github.com/heed-ai/heed"

// Renamed says of the first field that is wrong what its sender calls it, where
// names has its name in Heed. Every other error stays as it is.
func Renamed(err error, names map[string]string) error {
	e, ok := err.(*heed.Error)
	if !ok || e.Code != heed.Invalid || len(e.Fields) == 0 {
		return err
	}
	first := e.Fields[0]
	if name, ok := names[first.Location]; ok {
		first.Location = name
	}
	return heed.InvalidField(first.Location, first.Message)
}
