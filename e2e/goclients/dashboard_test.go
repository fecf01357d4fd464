package goclients

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// TestDashboard: Grafana's own kit reads the dashboard, and misses nothing in it
// and knows everything.
func TestDashboard(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	text, err := os.ReadFile("../../deploy/grafana/heed.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard.Dashboard
	if err := d.UnmarshalJSONStrict(text); err != nil && err.Error() != "" { // a list of none is not nil
		t.Error(err)
	}
	if err := d.Validate(); err != nil && err.Error() != "" {
		t.Error(err)
	}
	if d.Title == nil || len(d.Panels) < 10 {
		t.Errorf("%d panels", len(d.Panels))
	}
	if err := d.UnmarshalJSONStrict(json.RawMessage(`{"title":"x","panels":[{"type":"timeseries","options":{"legend":{}}}]}`)); err == nil || err.Error() == "" {
		t.Error("a dashboard that lacks things is taken: the check is none")
	}
}
