package otlp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // which exporters may use
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/rest"
)

// Bounds of a connection.
const (
	maxStreams     = 64
	maxHeaderBytes = 32 << 10
	handshakeTime  = 10 * time.Second
	idleTime       = 10 * time.Minute
)

// GRPC makes a server of the same three signals over gRPC, which logs what went
// wrong inside Heed.
func (a *API) GRPC(log *slog.Logger) *grpc.Server {
	s := grpc.NewServer(
		grpc.ForceServerCodecV2(frames{}), grpc.MaxRecvMsgSize(MaxBytes), grpc.MaxHeaderListSize(maxHeaderBytes),
		grpc.MaxConcurrentStreams(maxStreams), grpc.ConnectionTimeout(handshakeTime),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionIdle: idleTime}),
	)
	for _, signal := range []struct {
		service string
		shape   *message
		take    taker
	}{
		{"trace.v1.TraceService", traceRequest, a.takeTraces},
		{"logs.v1.LogsService", logsRequest, a.takeLogs},
		{"metrics.v1.MetricsService", metricsRequest, a.takeMetrics},
	} {
		s.RegisterService(&grpc.ServiceDesc{
			ServiceName: "opentelemetry.proto.collector." + signal.service,
			HandlerType: (*any)(nil),
			// As a stream of one message, so that nobody's message is read before
			// they are let in.
			Streams: []grpc.StreamDesc{{StreamName: "Export", Handler: func(_ any, stream grpc.ServerStream) error {
				err := a.export(stream, signal.shape, signal.take)
				if _, told := status.FromError(err); told {
					return err // gRPC's own, or none
				}
				if heed.CodeOf(err) == heed.Internal && !gone(err) {
					log.Error("an export failed", "service", signal.service, "error", err)
				}
				return statusOf(err)
			}}},
		}, nil)
	}
	return s
}

// export takes one request. A panic in it ends no more than the call.
func (a *API) export(stream grpc.ServerStream, shape *message, take taker) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = heed.Wrap(heed.Internal, fmt.Errorf("panic: %T", p), "this request could not be taken")
		}
	}()
	who, err := a.admitStream(stream.Context())
	if err != nil {
		return err
	}
	var body []byte
	if err := stream.RecvMsg(&body); err != nil {
		return err // in gRPC's own words: too large, broken off, compressed in an unknown way
	}
	answer, err := take(stream.Context(), who, func(into decodable) error { return codec{}.decode(body, shape, into) })
	if err != nil {
		return err
	}
	var out []byte
	if answer != nil {
		if out, err = answer.MarshalProto(); err != nil {
			return err
		}
	}
	return stream.SendMsg(out)
}

// admitStream lets in whoever has the key in the metadata that stands for the
// header of a request.
func (a *API) admitStream(ctx context.Context) (access.Principal, error) {
	r := (&http.Request{Method: http.MethodPost, URL: &url.URL{}, Header: http.Header{}}).WithContext(ctx)
	if from, ok := peer.FromContext(ctx); ok {
		r.RemoteAddr = from.Addr.String()
	}
	sent, _ := metadata.FromIncomingContext(ctx)
	for _, name := range []string{"authorization", "x-heed-key", "x-forwarded-for"} {
		for _, value := range sent.Get(name) {
			r.Header.Add(name, value)
		}
	}
	who, err := a.admit(r)
	if err != nil {
		return who, err
	}
	return who, who.MayDescribe()
}

// gone reports whether an export failed because its sender is gone, or the server
// stops: it is to be sent again.
func gone(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// statusOf is an error in the words of gRPC. What may be sent again says when.
func statusOf(err error) error {
	if gone(err) {
		return status.Error(status.FromContextError(err).Code(), "the call ended before it was taken: send it again")
	}
	p := rest.From(err)
	s := status.New(codes.Code(rpcCode(p.Code)), p.Detail)
	if p.Code == heed.Unavailable || p.Code == heed.RateLimited {
		if told, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(p.RetryAfter())}); err == nil {
			s = told
		}
	}
	return s.Err()
}

// frames hands messages over as they came: the decoder of this package bounds
// them first.
type frames struct{}

func (frames) Name() string { return "proto" }

func (frames) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (frames) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}
