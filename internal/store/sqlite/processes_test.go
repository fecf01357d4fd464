package sqlite_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// In a test process that another started, these name the catalog it works on
// and which of several processes it is.
const (
	sharedPath  = "HEED_TEST_SHARED_CATALOG"
	sharedIndex = "HEED_TEST_SHARED_INDEX"
)

const (
	processes  = 4
	perProcess = 10
)

// Several processes start at once on a file that is not there yet: all of them
// open it, none loses what another wrote, and the one log that they all append to
// is whole.
func TestSeveralProcesses(t *testing.T) {
	path := os.Getenv(sharedPath)
	if path != "" {
		writeShared(t, path, os.Getenv(sharedIndex))
		return
	}
	path = filepath.Join(t.TempDir(), "catalog.db")
	var group sync.WaitGroup
	for i := range processes {
		group.Go(func() {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSeveralProcesses$")
			child.Env = append(os.Environ(), sharedPath+"="+path, fmt.Sprint(sharedIndex, "=", i))
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("process %d: %v\n%s", i, err, out)
			}
		})
	}
	group.Wait()
	catalog := open(t, path)
	defer catalog.Close()
	projects, err := catalog.ListProjects(t.Context())
	if err != nil || len(projects) != processes*perProcess {
		t.Errorf("%d projects, %v; want %d", len(projects), err, processes*perProcess)
	}
	if report := verify(t, catalog); len(report.Problems) > 0 || report.Records != 2*processes*perProcess {
		t.Errorf("the log: %+v; want %d records", report, 2*processes*perProcess)
	}
}

func writeShared(t *testing.T, path, index string) {
	catalog := open(t, path)
	defer catalog.Close()
	for i := range perProcess {
		p := heed.Project{ID: heed.ProjectID(fmt.Sprintf("prj_%s_%d", index, i)), Name: fmt.Sprint(index, " ", i)}
		k := store.Key{ID: fmt.Sprintf("%s-%d", index, i), Project: p.ID, Kind: store.SecretKey}
		if err := catalog.CreateProject(acting(t), p, []store.Key{k}); err != nil {
			t.Errorf("create: %v", err)
		}
	}
}
