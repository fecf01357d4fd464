package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heed-ai/heed"
)

type projectCommand struct {
	Create projectCreate `cmd:"" help:"Create a project with its first keys, in a data directory; a server may be running on it."`
	Update projectUpdate `cmd:"" help:"Change a project's origins, content policy or tags, in a data directory; a server may be running on it."`
	List   projectList   `cmd:"" help:"List the projects of a data directory."`
}

// projectPlace says in which data directory projects are managed: there is no
// key yet to talk to a server with.
type projectPlace struct {
	Data   string `help:"Data directory (HEED_DATA, by default ./heed-data)." placeholder:"DIR"`
	Config string `help:"Configuration file (HEED_CONFIG)." placeholder:"FILE"`
	JSON   bool   `name:"json" help:"Print JSON."`
}

func (p projectPlace) config(env *environment) (config, error) {
	return serving{Data: p.Data, Config: p.Config}.config(env)
}

// openProject opens a data directory that is there, and finds a project in it.
// The caller closes the tenancy.
func openProject(env *environment, c config, name string) (*tenancy, heed.Project, error) {
	if err := mustExist(c.Data); err != nil {
		return nil, heed.Project{}, err
	}
	t, err := openTenancy(env.ctx, c, env.getenv)
	if err != nil {
		return nil, heed.Project{}, err
	}
	project, err := t.catalog.ProjectByName(env.ctx, name)
	if heed.CodeOf(err) == heed.NotFound {
		err = errors.New("there is no project of this name: heed project list shows them")
	}
	if err != nil {
		return nil, heed.Project{}, closeWith(err, t)
	}
	return t, project, nil
}

type projectCreate struct {
	projectPlace
	Name    string   `arg:"" help:"Name of the project."`
	Origin  []string `help:"Browser origin that may use the publishable key, such as https://app.example.com; may stand several times." placeholder:"URL"`
	Content string   `help:"Content policy: none or redacted (default: the setting content)." placeholder:"POLICY"`
}

// newProject is what project create prints.
type newProject struct {
	Project        heed.ProjectID `json:"project"`
	Name           string         `json:"name"`
	SecretKey      string         `json:"secret_key"`
	PublishableKey string         `json:"publishable_key"`
}

// Run creates the project, and the data directory if need be.
func (cmd projectCreate) Run(env *environment) (err error) {
	c, err := cmd.config(env)
	if err != nil {
		return err
	}
	t, err := openTenancy(env.ctx, c, env.getenv)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	if cmd.Content == "" {
		cmd.Content = c.Content
	}
	project, secret, publishable, err := t.authority.CreateProject(env.ctx, heed.Project{
		Name: cmd.Name, Origins: append([]string{}, cmd.Origin...), Content: heed.ContentPolicy(cmd.Content), Tags: heed.DefaultTags(),
	})
	if heed.CodeOf(err) == heed.Conflict {
		return errors.New("there is a project of this name: choose another, or change that one with heed project update")
	}
	if err != nil {
		return err
	}
	created := newProject{project.ID, project.Name, secret, publishable}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(created)
	}
	return created.print(env.stdout, c, cmp.Or(t.dir.server(), "http://"+c.Listen))
}

func (p newProject) print(w io.Writer, c config, server string) error {
	where, err := filepath.Abs(c.Data)
	if err != nil {
		where = c.Data
	}
	_, err = fmt.Fprintf(w, `Project %s (%s) is ready in %s. The keys are shown this once.

  Secret key, for your servers:        %s
  Publishable key, for your web pages: %s

For the commands that talk to a server:

  export HEED_URL=%s HEED_KEY=%s
`, p.Name, p.Project, where, p.SecretKey, p.PublishableKey, server, p.SecretKey)
	return err
}

type projectUpdate struct {
	projectPlace
	Name         string   `arg:"" help:"Name of the project."`
	Origin       []string `help:"Browser origin to allow; may stand several times." placeholder:"URL"`
	RemoveOrigin []string `help:"Browser origin to allow no longer; may stand several times." placeholder:"URL"`
	Content      string   `help:"Content policy: none or redacted." placeholder:"POLICY"`
	Tags         *string  `help:"What feedback forms offer, in this order and instead of what they offer now; \"\" for nothing." placeholder:"TAG,…"`
	Commands     string   `help:"Whether a chat message such as /+why is feedback: on or off." placeholder:"on|off"`

	AttachmentDays *int `help:"For how many days what people attach is kept; 0: they cannot attach anything." placeholder:"DAYS"`

	Recognizer    *string `help:"Recogniser that looks at texts besides redaction, one of the setting recognizers; \"\" for none." placeholder:"NAME"`
	SmallestGroup *int    `help:"How many people a number must speak of to be told to those who see no single items." placeholder:"N"`

	Controller     *string `help:"Name of who answers for the data, as the public privacy page shows it." placeholder:"NAME"`
	PrivacyContact *string `help:"Where people reach them: an e-mail address, a web address, or words; forms then link to the public privacy page." placeholder:"CONTACT"`

	RetentionDays []string `help:"For how many days a class is kept, such as feedback=90; 0: until it is erased. Classes are responses, feedback, signals, numbers and audit; may stand several times." placeholder:"CLASS=DAYS"`

	Pseudonyms      string `help:"For how long a person has one pseudonym: epoch (a month), stable, or ephemeral (a day, and lost at a restart)." placeholder:"MODE"`
	PseudonymMonths *int   `help:"For how many months pseudonyms that are no longer given can be computed, to find and erase a person." placeholder:"N"`

	RedactPattern       []string `help:"What redaction finds besides what it knows, such as CUSTOMER=KD-[0-9]{8}; may stand several times, and replaces a pattern of this name." placeholder:"NAME=PATTERN" sep:"none"`
	RemoveRedactPattern []string `help:"Name of a pattern to drop; may stand several times." placeholder:"NAME"`
}

// Run changes the project; a running server sees it within a second.
func (cmd projectUpdate) Run(env *environment) (err error) {
	if len(cmd.Origin)+len(cmd.RemoveOrigin)+len(cmd.RetentionDays)+len(cmd.RedactPattern)+len(cmd.RemoveRedactPattern) == 0 &&
		cmd.Content == "" && cmd.Tags == nil && cmd.Commands == "" && cmd.AttachmentDays == nil && cmd.SmallestGroup == nil && cmd.Recognizer == nil &&
		cmd.Controller == nil && cmd.PrivacyContact == nil && cmd.Pseudonyms == "" && cmd.PseudonymMonths == nil {
		return errors.New("nothing to change: give --origin, --remove-origin, --content, --tags, --commands, --attachment-days, --smallest-group, --recognizer, --controller, --privacy-contact, --retention-days, --pseudonyms, --pseudonym-months, --redact-pattern or --remove-redact-pattern")
	}
	c, err := cmd.config(env)
	if err != nil {
		return err
	}
	t, project, err := openProject(env, c, cmd.Name)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	for _, origin := range cmd.RemoveOrigin {
		if !slices.Contains(project.Origins, origin) {
			return fmt.Errorf("the project does not allow %s: it allows %s", origin, told(project.Origins))
		}
		project.Origins = slices.DeleteFunc(project.Origins, func(o string) bool { return o == origin })
	}
	for _, origin := range cmd.Origin {
		if !slices.Contains(project.Origins, origin) {
			project.Origins = append(project.Origins, origin)
		}
	}
	if cmd.Content != "" {
		project.Content = heed.ContentPolicy(cmd.Content)
	}
	if cmd.Tags != nil {
		project.Tags = tagsOf(*cmd.Tags)
	}
	if cmd.AttachmentDays != nil {
		project.AttachmentDays = *cmd.AttachmentDays
	}
	if cmd.SmallestGroup != nil {
		project.Privacy.SmallestGroup = *cmd.SmallestGroup
	}
	if cmd.Controller != nil {
		project.Privacy.Controller = *cmd.Controller
	}
	if cmd.PrivacyContact != nil {
		project.Privacy.Contact = *cmd.PrivacyContact
	}
	if cmd.Recognizer != nil {
		if _, ok := c.Recognizers[*cmd.Recognizer]; !ok && *cmd.Recognizer != "" {
			return fmt.Errorf("the configuration has no recogniser %s: set it up under recognizers, or name the file with --config", *cmd.Recognizer)
		}
		project.Privacy.Recognizer = *cmd.Recognizer
	}
	for _, arg := range cmd.RetentionDays {
		if err := retentionDaysOf(&project.Privacy.RetentionDays, arg); err != nil {
			return err
		}
	}
	if cmd.Pseudonyms != "" {
		project.Privacy.Pseudonyms = heed.PseudonymMode(cmd.Pseudonyms)
	}
	if cmd.PseudonymMonths != nil {
		project.Privacy.PseudonymMonths = *cmd.PseudonymMonths
	}
	if cmd.Commands != "" {
		project.Commands = heed.CommandPolicy(cmd.Commands)
	}
	if err := cmd.changePatterns(&project); err != nil {
		return err
	}
	if err := project.Validate(); err != nil {
		return err
	}
	if err := t.catalog.UpdateProject(env.ctx, project); err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(project)
	}
	_, err = fmt.Fprintf(env.stdout, "Project %s allows %s; content policy %s; %scommands %s; %s%s. A running server follows within a second.\n",
		project.Name, told(project.Origins), project.Content, cmd.toldPrivacy(&project), project.Commands, toldTags(project.Tags), toldPatterns(project.Patterns))
	return err
}

// toldPrivacy says whether attachments are taken, as the rest of the line says of
// the project, and what the flags set of privacy; each with a semicolon behind it.
func (cmd projectUpdate) toldPrivacy(project *heed.Project) string {
	var said strings.Builder
	say := func(set bool, format string, args ...any) {
		if set {
			fmt.Fprintf(&said, format+"; ", args...)
		}
	}
	say(cmd.AttachmentDays != nil || project.AttachmentDays > 0, "attachments %s", cmp.Or(daysTold(project.AttachmentDays), "not taken"))
	for _, arg := range cmd.RetentionDays {
		class, _, _ := strings.Cut(arg, "=")
		say(true, "%s %s", class, cmp.Or(daysTold(project.Privacy.RetentionDays.Of(heed.RetentionClass(class))), "kept until it is erased"))
	}
	say(cmd.Pseudonyms != "" || cmd.PseudonymMonths != nil, "pseudonyms %s, their keys for %s", project.Privacy.Pseudonyms, counted(int64(project.Privacy.PseudonymMonths), "month"))
	say(cmd.SmallestGroup != nil, "groups of %d or more", project.Privacy.SmallestGroup)
	say(cmd.Recognizer != nil, "recogniser %s", cmp.Or(project.Privacy.Recognizer, "none"))
	say(cmd.Controller != nil || cmd.PrivacyContact != nil, "%s at %s answers for it", cmp.Or(project.Privacy.Controller, "nobody named"), cmp.Or(project.Privacy.Contact, "no contact"))
	return said.String()
}

// daysTold says for how long something is kept; 0 days: nothing.
func daysTold(days int) string {
	if days == 0 {
		return ""
	}
	return "kept for " + counted(int64(days), "day")
}

// changePatterns removes and sets patterns of redaction by their names.
func (cmd projectUpdate) changePatterns(project *heed.Project) error {
	for _, name := range cmd.RemoveRedactPattern {
		named := func(p heed.RedactPattern) bool { return p.Name == name }
		if !slices.ContainsFunc(project.Patterns, named) {
			return fmt.Errorf("the project has no pattern %s%s", name, toldPatterns(project.Patterns))
		}
		project.Patterns = slices.DeleteFunc(project.Patterns, named)
	}
	for _, arg := range cmd.RedactPattern {
		pattern, err := patternOf(arg)
		if err != nil {
			return err
		}
		named := func(p heed.RedactPattern) bool { return p.Name == pattern.Name }
		if i := slices.IndexFunc(project.Patterns, named); i >= 0 {
			project.Patterns[i] = pattern
		} else {
			project.Patterns = append(project.Patterns, pattern)
		}
	}
	return nil
}

// patternOf reads NAME=PATTERN.
func patternOf(arg string) (heed.RedactPattern, error) {
	name, pattern, ok := strings.Cut(arg, "=")
	if !ok {
		return heed.RedactPattern{}, errors.New("a pattern is written NAME=PATTERN, such as CUSTOMER=KD-[0-9]{8}")
	}
	p := heed.RedactPattern{Name: name, Pattern: pattern}
	if _, err := p.Items(); err != nil {
		return p, fmt.Errorf("%s: %s", name, sentence(err))
	}
	return p, nil
}

// toldPatterns lists patterns at the end of a sentence.
func toldPatterns(patterns []heed.RedactPattern) string {
	if len(patterns) == 0 {
		return ""
	}
	names := make([]string, len(patterns))
	for i, p := range patterns {
		names[i] = p.Name
	}
	return "; patterns " + strings.Join(names, ", ")
}

// told lists origins in a sentence.
func told(origins []string) string {
	if len(origins) == 0 {
		return "no origins"
	}
	return strings.Join(origins, ", ")
}

// tagsOf reads tags that stand between commas. An empty one among them stays,
// and is refused with the project: more likely than not a word is missing.
func tagsOf(list string) []string {
	if strings.TrimSpace(list) == "" {
		return []string{}
	}
	tags := strings.Split(list, ",")
	for i := range tags {
		tags[i] = strings.TrimSpace(tags[i])
	}
	return tags
}

// toldTags lists tags in a sentence.
func toldTags(tags []string) string {
	if len(tags) == 0 {
		return "no tags"
	}
	return "tags " + strings.Join(tags, ", ")
}

type projectList struct{ projectPlace }

func (cmd projectList) Run(env *environment) (err error) {
	c, err := cmd.config(env)
	if err != nil {
		return err
	}
	if err := mustExist(c.Data); err != nil {
		return err
	}
	t, err := openTenancy(env.ctx, c, env.getenv)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	projects, err := t.catalog.ListProjects(env.ctx)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(map[string]any{"items": projects})
	}
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tID\tCONTENT\tCREATED\tORIGINS")
	for _, p := range projects {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.Name, p.ID, p.Content, p.CreatedAt.Format(time.DateTime), strings.Join(p.Origins, " "))
	}
	return table.Flush()
}
