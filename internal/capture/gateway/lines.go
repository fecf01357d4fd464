package gateway

import "bytes"

// lineEnd finds the end of the first line: how long it is, and where the next
// one begins. Lines end with LF, CRLF or CR. next is -1 where the end has not
// come, or may go on with the byte that comes next.
func lineEnd(text []byte) (length, next int) {
	lf := bytes.IndexByte(text, '\n')
	line := text
	if lf >= 0 {
		line = text[:lf]
	}
	cr := bytes.IndexByte(line, '\r')
	switch {
	case cr >= 0 && cr+1 == lf:
		return cr, lf + 1
	case cr >= 0 && cr+1 < len(text):
		return cr, cr + 1
	case cr >= 0:
		return cr, -1
	case lf >= 0:
		return lf, lf + 1
	}
	return len(text), -1
}
