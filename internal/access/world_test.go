package access_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// memory is a catalog that counts its look-ups and can be told to fail.
type memory struct {
	mu       sync.Mutex
	projects map[heed.ProjectID]heed.Project
	keys     map[string]store.Key
	lookups  int
	uses     int // that were written down
	failure  error
}

func newMemory() *memory {
	return &memory{projects: map[heed.ProjectID]heed.Project{}, keys: map[string]store.Key{}}
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failure = err
}

func (m *memory) looked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lookups
}

// look starts a read. The caller unlocks.
func (m *memory) look() error {
	m.mu.Lock()
	m.lookups++
	return m.failure
}

func (m *memory) CreateProject(_ context.Context, p heed.Project, keys []store.Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.projects[p.ID] = p
	for _, k := range keys {
		m.keys[k.ID] = k
	}
	return m.failure
}

func (m *memory) Project(_ context.Context, id heed.ProjectID) (heed.Project, error) {
	err := m.look()
	defer m.mu.Unlock()
	p, ok := m.projects[id]
	if err == nil && !ok {
		err = heed.Errorf(heed.NotFound, "no such project")
	}
	return p, err
}

func (m *memory) ProjectByName(context.Context, string) (heed.Project, error) {
	return heed.Project{}, errors.ErrUnsupported
}

func (m *memory) ListProjects(context.Context) ([]heed.Project, error) {
	err := m.look()
	defer m.mu.Unlock()
	var projects []heed.Project
	for _, p := range m.projects {
		projects = append(projects, p)
	}
	return projects, err
}

func (m *memory) UpdateProject(_ context.Context, p heed.Project) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.projects[p.ID] = p
	return m.failure
}

func (m *memory) CreateKey(_ context.Context, k store.Key) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys[k.ID] = k
	return m.failure
}

func (m *memory) Key(_ context.Context, id string) (store.Key, error) {
	err := m.look()
	defer m.mu.Unlock()
	k, ok := m.keys[id]
	if err == nil && !ok {
		err = heed.Errorf(heed.NotFound, "no such key")
	}
	return k, err
}

func (m *memory) ListKeys(context.Context, heed.ProjectID) ([]store.Key, error) {
	return nil, errors.ErrUnsupported
}

func (m *memory) RevokeKey(_ context.Context, _ heed.ProjectID, id string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keys[id]
	k.RevokedAt = at
	m.keys[id] = k
	return nil
}

func (m *memory) NoteKeyUses(_ context.Context, uses []store.KeyUse) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, use := range uses {
		k := m.keys[use.ID]
		k.UsedAt = use.At
		m.keys[use.ID] = k
		m.uses++
	}
	return m.failure
}

func (m *memory) Close() error { return nil }

// envelope is a Wrapper that opens a secret for its own purpose only. It hides
// nothing but the secret's plain bytes.
type envelope struct{}

func (envelope) Wrap(purpose string, secret []byte) ([]byte, error) {
	wrapped := slices.Clone(secret)
	for i := range wrapped {
		wrapped[i] ^= 0x5a
	}
	tag := sha256.Sum256([]byte(purpose))
	return append(tag[:], wrapped...), nil
}

func (envelope) Unwrap(purpose string, wrapped []byte) ([]byte, error) {
	tag := sha256.Sum256([]byte(purpose))
	rest, ok := strings.CutPrefix(string(wrapped), string(tag[:]))
	if !ok {
		return nil, errors.New("wrapped for something else")
	}
	secret := []byte(rest)
	for i := range secret {
		secret[i] ^= 0x5a
	}
	return secret, nil
}

const goodOrigin = "https://app.example.com"

// world is one project with its keys, under an authority.
type world struct {
	catalog             *memory
	authority           *access.Authority
	project             heed.Project
	secret, publishable string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{catalog: newMemory()}
	w.authority = access.NewAuthority(w.catalog, envelope{})
	var err error
	w.project, w.secret, w.publishable, err = w.authority.CreateProject(t.Context(),
		heed.Project{Name: "one", Origins: []string{goodOrigin, "http://localhost:3000"}})
	if err != nil {
		t.Fatalf("create project: %v", err)
	}
	return w
}

// token mints a token for response r-1 that allows acts.
func (w *world) token(t testing.TB, secret string, acts access.Acts) string {
	t.Helper()
	token, err := access.Mint(secret, access.Claims{
		ResponseID: "r-1", Acts: acts, IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatalf("mint: %v", err)
	}
	return token
}

func (w *world) admit(t testing.TB, credential, origin string) access.Principal {
	t.Helper()
	who, err := w.authority.Authenticate(t.Context(), credential, origin)
	if err != nil {
		t.Fatalf("authenticate: %v", err)
	}
	return who
}

// refused checks that a credential is refused with a code, and that the error
// says what to do and nothing of the credential.
func (w *world) refused(t testing.TB, what, credential, origin string, want heed.Code) {
	t.Helper()
	who, err := w.authority.Authenticate(t.Context(), credential, origin)
	if got := heed.CodeOf(err); got != want {
		t.Errorf("%s: code %q, want %q (%v)", what, got, want, err)
		return
	}
	if who.Project != "" || who.Trust != "" {
		t.Errorf("%s: a principal came with the error", what)
	}
	for _, part := range strings.FieldsFunc(credential, func(r rune) bool { return r == '_' || r == '.' }) {
		if len(part) >= 8 && strings.Contains(err.Error(), part) {
			t.Errorf("%s: the error repeats the credential", what)
		}
	}
}

// refusals is a catalog without members that remembers who was refused.
type refusals struct {
	access.Members
	times []int
}

func (*refusals) TakeEntry(context.Context, [32]byte, time.Time) (string, error) {
	return "", heed.Errorf(heed.NotFound, "no such entry")
}

func (r *refusals) AppendAudit(_ context.Context, e audit.Entry) (audit.Record, error) {
	times, err := strconv.Atoi(e.Details["times"])
	r.times = append(r.times, times)
	return audit.Record{}, err
}
