package otlp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/heed-ai/heed"
)

// Only what may be sent again has a code by which exporters do so, and none tells
// of what failed inside.
func TestStatus(t *testing.T) {
	busy := heed.Errorf(heed.Unavailable, "wait")
	busy.RetryAfter = 3 * time.Second
	limited := heed.Errorf(heed.RateLimited, "wait")
	limited.RetryAfter = 2 * time.Second
	for _, c := range []struct {
		err   error
		code  codes.Code
		after time.Duration // with RetryInfo, if above zero
	}{
		{busy, codes.Unavailable, 3 * time.Second},
		{limited, codes.ResourceExhausted, 2 * time.Second},
		{heed.Errorf(heed.TooLarge, "less"), codes.ResourceExhausted, 0},
		{heed.InvalidField("body", "is wrong"), codes.InvalidArgument, 0},
		{heed.Errorf(heed.Unauthenticated, "who"), codes.Unauthenticated, 0},
		{heed.Errorf(heed.Forbidden, "no"), codes.PermissionDenied, 0},
		{errors.New("wombat"), codes.Internal, 0},
		{fmt.Errorf("append wombat: %w", context.Canceled), codes.Canceled, 0},
		{fmt.Errorf("append wombat: %w", context.DeadlineExceeded), codes.DeadlineExceeded, 0},
	} {
		s := status.Convert(statusOf(c.err))
		var after time.Duration
		for _, detail := range s.Details() {
			if info, ok := detail.(*errdetails.RetryInfo); ok {
				after = info.RetryDelay.AsDuration()
			}
		}
		if s.Code() != c.code || after != c.after {
			t.Errorf("%v: %v after %v, want %v after %v", c.err, s.Code(), after, c.code, c.after)
		}
		if strings.Contains(s.Message(), "wombat") {
			t.Errorf("%v is told", c.err)
		}
	}
}
