package capture

import (
	"cmp"
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// naming is how people, and what else has a keyed hash, were called in a project
// while a key was in use.
type naming struct {
	people  *privacy.Pseudonymizer
	records *privacy.Pseudonymizer // of what is no person
	from    time.Time              // zero: for ever
	to      time.Time              // when another followed; zero: none does
	byToken bool                   // who has a token is known by it alone, since the person soon is not
}

// namings are how a project names now, and what it may have named otherwise
// before. It is not changed once it is made.
type namings struct {
	naming
	earlier []naming // whose keys still live, the one used last first

	mode       heed.PseudonymMode
	generation uint64 // of the vault
}

// holds reports whether nothing has happened by a time that makes other namings.
func (n *namings) holds(mode heed.PseudonymMode, generation uint64, at time.Time) bool {
	return n.mode == mode && n.generation == generation && !at.Before(n.from) && (n.to.IsZero() || at.Before(n.to))
}

// since returns the earlier namings that were in use after a time.
func (n *namings) since(t time.Time) []naming {
	for i := range n.earlier {
		if !n.earlier[i].to.After(t) {
			return n.earlier[:i]
		}
	}
	return n.earlier
}

// pseudonyms keeps the namings of projects. Its size is bounded by the number of
// projects. Safe for concurrent use.
type pseudonyms struct {
	vault    *vault.Vault
	projects Projects
	byID     sync.Map // heed.ProjectID → *namings

	mu   sync.Mutex
	days map[heed.ProjectID][]naming // of ephemeral pseudonyms: today's, and those of the day before
}

func newPseudonyms(v *vault.Vault, projects Projects) *pseudonyms {
	return &pseudonyms{vault: v, projects: projects, days: make(map[heed.ProjectID][]naming)}
}

// of returns how a project names at a time, which is about now.
func (p *pseudonyms) of(ctx context.Context, project *heed.Project, at time.Time) (*namings, error) {
	mode := cmp.Or(project.Privacy.Pseudonyms, heed.PseudonymsEpoch)
	generation, err := p.vault.Generation(ctx)
	if err != nil {
		return nil, err
	}
	if known, ok := p.byID.Load(project.ID); ok {
		if names := known.(*namings); names.holds(mode, generation, at) {
			return names, nil
		}
	}
	names, err := p.read(ctx, project.ID, mode, at)
	if err != nil {
		return nil, err
	}
	names.generation = generation
	p.byID.Store(project.ID, names)
	return names, nil
}

// ofID is of for who has only the project's id.
func (p *pseudonyms) ofID(ctx context.Context, id heed.ProjectID, at time.Time) (*namings, error) {
	project, err := p.projects.Project(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.of(ctx, &project, at)
}

// read asks the vault.
func (p *pseudonyms) read(ctx context.Context, project heed.ProjectID, mode heed.PseudonymMode, at time.Time) (*namings, error) {
	keys, err := p.vault.Pseudonyms(ctx, project, mode, at)
	if err != nil {
		return nil, err
	}
	names := &namings{mode: mode}
	days, err := p.ofDays(project, mode, keys.Current.Records, at)
	if err != nil {
		return nil, err
	}
	if mode == heed.PseudonymsEphemeral {
		names.naming, days = days[0], days[1:]
	} else if names.naming, err = namingOf(keys.Current); err != nil {
		return nil, err
	}
	names.earlier = days
	for _, key := range keys.Earlier {
		earlier, err := namingOf(key)
		if err != nil {
			return nil, err
		}
		names.earlier = append(names.earlier, earlier)
	}
	return names, nil
}

func namingOf(key vault.PseudonymKey) (n naming, err error) {
	n.from, n.to = key.From, key.To
	if n.people, err = privacy.NewPseudonymizer(key.People[:]); err != nil {
		return naming{}, err
	}
	n.records, err = privacy.NewPseudonymizer(key.Records[:])
	return n, err
}

const day = 24 * time.Hour

// ofDays returns the namings of ephemeral pseudonyms that are remembered: under
// that policy today's first, which it makes.
func (p *pseudonyms) ofDays(project heed.ProjectID, mode heed.PseudonymMode, records [32]byte, at time.Time) ([]naming, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	days := p.live(project, at)
	today := at.UTC().Truncate(day)
	if mode == heed.PseudonymsEphemeral && (len(days) == 0 || !days[0].from.Equal(today)) {
		key := vault.PseudonymKey{Records: records, From: today, To: today.Add(day)}
		_, _ = rand.Read(key.People[:]) // never fails
		fresh, err := namingOf(key)
		if err != nil {
			return nil, err
		}
		fresh.byToken = true
		days = append([]naming{fresh}, days...)
	}
	if len(days) > 0 {
		p.days[project] = days
	}
	return append([]naming(nil), days...), nil
}

// live returns the days of a project that are not over for a day. A clock that
// went back ends them too: what is ahead cannot be told from what is long ago.
func (p *pseudonyms) live(project heed.ProjectID, at time.Time) (live []naming) {
	for _, n := range p.days[project] {
		if at.Before(n.to.Add(day)) && !at.Before(n.from) {
			live = append(live, n)
		}
	}
	return live
}

// endDays forgets the days that are over for a day, of all projects.
func (p *pseudonyms) endDays(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for project, days := range p.days {
		live := p.live(project, at)
		if len(live) == len(days) {
			continue
		}
		p.byID.Delete(project) // it knows them too
		p.days[project] = live
		if len(live) == 0 {
			delete(p.days, project)
		}
	}
}

// EndDays forgets the keys of ephemeral pseudonyms that were given two days ago
// or longer. It is to be called every hour: where nothing comes in, nothing else
// would.
func (in *Intake) EndDays(at time.Time) { in.names.endDays(at) }

// Respondent returns the pseudonym of a person now.
func (in *Intake) Respondent(ctx context.Context, project heed.ProjectID, user privacy.Raw) (heed.Respondent, error) {
	names, err := in.names.ofID(ctx, project, now())
	if err != nil {
		return heed.Respondent{}, err
	}
	return names.people.Respondent(project, user), nil
}

// Respondents returns every pseudonym under which something of a person may be
// kept and whose key still lives, the one of now first. Nobody has none.
func (in *Intake) Respondents(ctx context.Context, project heed.ProjectID, user privacy.Raw) ([]heed.Respondent, error) {
	names, err := in.names.ofID(ctx, project, now())
	if err != nil || user.IsZero() {
		return nil, err
	}
	all := []heed.Respondent{names.people.Respondent(project, user)}
	for i := range names.earlier {
		all = append(all, names.earlier[i].people.Respondent(project, user))
	}
	return all, nil
}

// identityOf names the credential of a call, so that one sender's
// Idempotency-Keys mean nothing to another.
func identityOf(who access.Principal) string {
	if who.Token != nil {
		return who.Token.Identity
	}
	return who.KeyID
}
