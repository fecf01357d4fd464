package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// checkOpenTelemetry exports nothing, as an exporter would.
func (d *doctor) checkOpenTelemetry(ctx context.Context) diagnosis {
	if !d.keyGood {
		return skipped("there is no secret key that works")
	}
	got, err := d.ask(ctx, http.MethodPost, "/v1/traces", "{}", "X-Heed-Key", d.cmd.Key)
	switch {
	case err != nil:
		return ill("No answer: %v.", err)
	case got.status != http.StatusOK:
		return ill("An export was answered %d. Check that OTEL_EXPORTER_OTLP_ENDPOINT is the address of this server, and nothing between changes the path /v1/traces.", got.status)
	}
	return fine("exports are taken at %s", d.base)
}

// checkGateway calls a provider through the gateway, without its key, which it
// refuses if it is there.
func (d *doctor) checkGateway(ctx context.Context) diagnosis {
	switch {
	case d.cmd.Gateway == "":
		return skipped("name an upstream with --gateway, such as openai")
	case !d.keyGood:
		return skipped("there is no secret key that works")
	}
	got, err := d.ask(ctx, http.MethodGet, "/gateway/"+url.PathEscape(d.cmd.Gateway)+"/v1/models", "", "X-Heed-Key", d.cmd.Key)
	switch {
	case err != nil:
		return ill("No answer: %v.", err)
	case got.status == http.StatusBadGateway && strings.Contains(string(got.body), "upstream_unreachable"):
		return ill("Heed does not reach the provider. Check the url of gateway.upstreams.%s, and that this machine may connect to it.", d.cmd.Gateway)
	case strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json"):
		return ill("%s.", strings.TrimSuffix(got.problem(), "."))
	}
	return fine("%s answers through the gateway, with %d to a call without its key", d.cmd.Gateway, got.status)
}
