package main

import (
	"context"
	"encoding/base64"
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

// checkLangfuse asks for the project of a pair of keys, as Langfuse's clients do to
// see whether their keys are good.
func (d *doctor) checkLangfuse(ctx context.Context) diagnosis {
	switch {
	case d.cmd.PublishableKey == "":
		return skipped("name a publishable key with --publishable-key: they use both keys")
	case !d.keyGood:
		return skipped("there is no secret key that works")
	}
	pair := base64.StdEncoding.EncodeToString([]byte(d.cmd.PublishableKey + ":" + d.cmd.Key))
	return d.checkClients(ctx, http.MethodGet, "/api/public/projects", "", http.StatusOK, "their baseUrl, and both keys of one project",
		"Authorization", "Basic "+pair)
}

// checkLangSmith takes feedback back that was never given.
func (d *doctor) checkLangSmith(ctx context.Context) diagnosis {
	if !d.keyGood {
		return skipped("there is no secret key that works")
	}
	return d.checkClients(ctx, http.MethodDelete, "/feedback/doctor-none", "", http.StatusNotFound, "LANGSMITH_ENDPOINT and LANGSMITH_API_KEY",
		"X-Api-Key", d.cmd.Key)
}

// checkPhoenix annotates nothing.
func (d *doctor) checkPhoenix(ctx context.Context) diagnosis {
	if !d.keyGood {
		return skipped("there is no secret key that works")
	}
	return d.checkClients(ctx, http.MethodPost, "/v1/span_annotations", `{"data":[]}`, http.StatusOK, "PHOENIX_HOST and PHOENIX_API_KEY",
		"Api_key", d.cmd.Key)
}

// checkClients makes a call that changes nothing and has one good answer.
func (d *doctor) checkClients(ctx context.Context, method, path, body string, good int, settings string, headers ...string) diagnosis {
	got, err := d.ask(ctx, method, path, body, headers...)
	switch {
	case err != nil:
		return ill("No answer: %v.", err)
	case got.status != good:
		return ill("%s was answered %d. Check %s, and that nothing between changes the path.", path, got.status, settings)
	}
	return fine("their calls are understood at %s", d.base)
}
