package heed

import (
	"errors"
	"fmt"
	"time"
)

// Code classifies an error for the one who has to act on it. The list is
// closed; the HTTP status of each is fixed by the public contract.
type Code string

const (
	Invalid          Code = "invalid"
	Unauthenticated  Code = "unauthenticated"
	Forbidden        Code = "forbidden"
	NotFound         Code = "not_found"
	MethodNotAllowed Code = "method_not_allowed"
	Conflict         Code = "conflict"
	TooLarge         Code = "too_large"
	Unsupported      Code = "unsupported"
	RateLimited      Code = "rate_limited"
	Unavailable      Code = "unavailable"
	Internal         Code = "internal"
)

// Error is an error that may be shown to the one who caused it. Message says
// what to do and never repeats what a person wrote; Err, if any, is the cause
// and stays inside the process.
type Error struct {
	Code       Code
	Message    string
	Fields     []FieldError
	RetryAfter time.Duration // for RateLimited and Unavailable
	Err        error
}

// FieldError names one field that is wrong and why. Location is a path such
// as "body.vote" or "query.from".
type FieldError struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// Error returns the message, and the cause behind it for logs.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error without a cause.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error whose cause is err. Message is all that is ever shown
// outside the process.
func Wrap(code Code, err error, message string) *Error {
	return &Error{Code: code, Message: message, Err: err}
}

// InvalidField makes the error for one wrong field.
func InvalidField(location, message string) *Error {
	return &Error{
		Code:    Invalid,
		Message: location + " " + message,
		Fields:  []FieldError{{Location: location, Message: message}},
	}
}

// CodeOf returns the code of the first Error in err's chain, Internal for any
// other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}
