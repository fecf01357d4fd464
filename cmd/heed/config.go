package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	yamlparser "github.com/goccy/go-yaml/parser"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/api/mcp"
	"github.com/heed-ai/heed/internal/audit/publish"
	"github.com/heed-ai/heed/internal/capture/gateway"
	"github.com/heed-ai/heed/internal/capture/slack"
	"github.com/heed-ai/heed/internal/emit"
	"github.com/heed-ai/heed/internal/oidc"
	"github.com/heed-ai/heed/internal/outward"
	"github.com/heed-ai/heed/internal/price"
	"github.com/heed-ai/heed/internal/recognize"
	"github.com/heed-ai/heed/internal/store"
)

// config is what an operator may set. Defaults are overridden by the file,
// the file by the environment, the environment by the command line.
type config struct {
	Data           string         `yaml:"data"`
	Listen         string         `yaml:"listen"`
	OTLPGRPC       string         `yaml:"otlp_grpc"`
	Content        string         `yaml:"content"`
	TrustedProxies []string       `yaml:"trusted_proxies"`
	MetricsToken   string         `yaml:"metrics_token"`
	Log            logConfig      `yaml:"log"`
	Spool          spoolConfig    `yaml:"spool"`
	Events         eventsConfig   `yaml:"events"`
	Limits         limitsConfig   `yaml:"limits"`
	Gateway        gatewayConfig  `yaml:"gateway"`
	Prices         price.Table    `yaml:"prices"`
	Emit           emitConfig     `yaml:"emit"`
	Audit          auditConfig    `yaml:"audit"`
	OIDC           oidcConfig     `yaml:"oidc"`
	MCP            mcp.Config     `yaml:"mcp"`
	Slack          slackConfig    `yaml:"slack"`
	Outbound       outboundConfig `yaml:"outbound"`
	SMTP           smtpConfig     `yaml:"smtp"`

	Recognizers map[string]recognize.Config `yaml:"recognizers"`
}

type oidcConfig struct {
	Issuer       string                `yaml:"issuer"`
	ClientID     string                `yaml:"client_id"`
	ClientSecret string                `yaml:"client_secret"`
	Name         string                `yaml:"name"`
	Scopes       []string              `yaml:"scopes"`
	GroupsClaim  string                `yaml:"groups_claim"`
	Roles        map[string]store.Role `yaml:"roles"`
	Join         bool                  `yaml:"join"`
	Domains      []string              `yaml:"domains"`
}

func (c oidcConfig) provider() oidc.Config {
	return oidc.Config{Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Name: c.Name, Scopes: c.Scopes, GroupsClaim: c.GroupsClaim}
}

func (c oidcConfig) rules() access.Rules {
	return access.Rules{Roles: c.Roles, Join: c.Join, Domains: c.Domains}
}

// validate says what cannot be used, where there is a provider at all.
func (c oidcConfig) validate() error {
	if c.Issuer == "" {
		return nil
	}
	if err := c.provider().Validate(); err != nil {
		return err
	}
	return c.rules().Validate()
}

type slackConfig struct {
	API string `yaml:"api"`
}

type auditConfig struct {
	Webhook        string `yaml:"webhook"`
	WebhookPrivate bool   `yaml:"webhook_private"`
}

type emitConfig struct {
	Endpoint string   `yaml:"endpoint"`
	Headers  []string `yaml:"headers"`
}

type gatewayConfig struct {
	Upstreams map[string]gateway.Upstream `yaml:"upstreams"`
	Hold      lasting                     `yaml:"hold"`
	HoldBytes int64                       `yaml:"hold_bytes"`
}

type logConfig struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

type spoolConfig struct {
	MaxBytes int64 `yaml:"max_bytes"`
}

type eventsConfig struct {
	MemoryLimit string `yaml:"memory_limit"`
	Threads     int    `yaml:"threads"`
}

type limitsConfig struct {
	SecretPerSecond  int `yaml:"secret_per_second"`
	PublicPerSecond  int `yaml:"public_per_second"`
	TokenPerSecond   int `yaml:"token_per_second"`
	AddressPerSecond int `yaml:"address_per_second"`
	Connections      int `yaml:"connections"`
}

// defaultOTLPGRPC is where exporters look for a collector.
const defaultOTLPGRPC = "127.0.0.1:4317"

func defaultConfig() config {
	signIn, mail := oidc.DefaultConfig(), outward.DefaultSMTPConfig()
	return config{
		Data: "./heed-data", Listen: "127.0.0.1:8080", OTLPGRPC: defaultOTLPGRPC, Content: string(heed.ContentNone),
		Log:    logConfig{Level: "info", Format: "auto"},
		Spool:  spoolConfig{MaxBytes: 1 << 30},
		Events: eventsConfig{MemoryLimit: "2GB", Threads: 2},
		Limits: limitsConfig{SecretPerSecond: 50_000, PublicPerSecond: 1_000, TokenPerSecond: 20, AddressPerSecond: 100, Connections: 10_000},
		Gateway: gatewayConfig{
			Upstreams: map[string]gateway.Upstream{
				"openai": {URL: "https://api.openai.com", API: "openai"}, "anthropic": {URL: "https://api.anthropic.com", API: "anthropic"},
			},
			Hold: lasting(15 * time.Minute), HoldBytes: 64 << 20,
		},
		Slack: slackConfig{API: slack.DefaultAPI},
		OIDC:  oidcConfig{Name: signIn.Name, Scopes: signIn.Scopes, GroupsClaim: signIn.GroupsClaim},
		SMTP:  smtpConfig{Port: mail.Port, TLS: string(mail.TLS)},
	}
}

// setting is one key with its meaning; value points into a config.
type setting struct {
	name, meaning string
	value         any // *string, *bool, *int, *int64, *lasting, *[]string, *map[string]gateway.Upstream, *map[string]recognize.Config, *map[string]store.Role, *price.Table or *secret
}

// settings lists every key once: for the environment and for heed config.
func (c *config) settings() []setting {
	return []setting{
		{"data", "Directory that holds everything. Back it up; keep backups of keys.db short and apart.", &c.Data},
		{"listen", "Address to serve on.", &c.Listen},
		{"otlp_grpc", "Address to serve OTLP over gRPC on; none serves none. Where another server has the default one, OTLP is served over HTTP alone.", &c.OTLPGRPC},
		{"content", "Content policy of new projects: none drops the input and output of responses, redacted keeps them redacted and sealed.", &c.Content},
		{"trusted_proxies", "Addresses or networks of proxies whose X-Forwarded-For is believed.", &c.TrustedProxies},
		{"metrics_token", "What /metrics takes as a bearer token, at least 16 characters; HEED_METRICS_TOKEN_FILE names a file with it. Empty: it is told on this machine alone.", (*secret)(&c.MetricsToken)},
		{"log.level", "debug, info, warn or error.", &c.Log.Level},
		{"log.format", "text, json, or auto: text on a terminal, json elsewhere.", &c.Log.Format},
		{"spool.max_bytes", "Bytes that accepted events may take on disk before they are stored; beyond it writes are answered 503.", &c.Spool.MaxBytes},
		{"events.memory_limit", "Memory the event store may use, such as 2GB.", &c.Events.MemoryLimit},
		{"events.threads", "Threads the event store may use.", &c.Events.Threads},
		{"limits.secret_per_second", "Requests a second for each secret key.", &c.Limits.SecretPerSecond},
		{"limits.public_per_second", "Requests a second for each publishable key.", &c.Limits.PublicPerSecond},
		{"limits.token_per_second", "Requests a second for each feedback token.", &c.Limits.TokenPerSecond},
		{"limits.address_per_second", "Requests a second from one address without a secret key; loopback is exempt.", &c.Limits.AddressPerSecond},
		{"limits.connections", "Connections at once, and as many of OTLP over gRPC; more wait until one ends. Keep it below half of the files that a process may open (ulimit -n).", &c.Limits.Connections},
		{"gateway.upstreams", "Providers by the names they are reached at, as in /gateway/openai/v1/…; api is openai, for all that speak like it, or anthropic; usage: inject asks for the usage of streams.", &c.Gateway.Upstreams},
		{"gateway.hold", "How long the raw prompt and answer of a call are kept in memory, never on disk, so that a person can consent to add them; 0 keeps none.", &c.Gateway.Hold},
		{"gateway.hold_bytes", "Memory they may take, the oldest making room for new ones; 0 keeps none.", &c.Gateway.HoldBytes},
		{"emit.endpoint", "Where every vote and score is sent on to as gen_ai.evaluation.result, by OTLP over HTTP, such as http://127.0.0.1:4318/v1/logs; empty: nowhere.", &c.Emit.Endpoint},
		{"emit.headers", "Headers of that, each as name=value.", &c.Emit.Headers},
		{"audit.webhook", "Where the audit log's signed checkpoint is posted every hour and at the end, as text; empty: nowhere but the log.", &c.Audit.Webhook},
		{"audit.webhook_private", "Whether that may be on this machine or a private network: true or false.", &c.Audit.WebhookPrivate},
		{"oidc.issuer", "Identity provider by which members sign in (OpenID Connect), by its own address, such as https://id.example.com; empty: none.", &c.OIDC.Issuer},
		{"oidc.client_id", "What the provider calls Heed. Its redirect address there is this server's, with /enter/oidc.", &c.OIDC.ClientID},
		{"oidc.client_secret", "By which the provider knows Heed; HEED_OIDC_CLIENT_SECRET_FILE names a file with it. heed config says only whether there is one.", (*secret)(&c.OIDC.ClientSecret)},
		{"oidc.name", "What people call the provider: it stands on the button.", &c.OIDC.Name},
		{"oidc.scopes", "What the provider is asked for beyond openid; some tell groups only with a scope of that name.", &c.OIDC.Scopes},
		{"oidc.groups_claim", "Which claim holds people's groups.", &c.OIDC.GroupsClaim},
		{"oidc.roles", "What groups are here, as in {support: reviewer, data: analyst}; where there are any, they decide at each sign-in, and nobody without one comes in.", &c.OIDC.Roles},
		{"oidc.join", "Whether whoever the provider knows, with a verified e-mail address in oidc.domains, becomes a member: true or false; else only who was invited comes in.", &c.OIDC.Join},
		{"oidc.domains", "Domains of e-mail addresses for that, such as example.com.", &c.OIDC.Domains},
		{"mcp.write", "Whether agents may propose and mark changes at /mcp, where their key may change findings: true or false.", &c.MCP.Write},
		{"mcp.origins", "Web pages that may call /mcp, such as https://app.example.com; programs that are no browser need none.", &c.MCP.Origins},
		{"slack.api", "Where Slack's API answers; another address only to test.", &c.Slack.API},
		{"outbound.allow_private", "Whether endpoints, to which projects send what happens, may be on this machine or a private network, and without TLS: true or false.", &c.Outbound.AllowPrivate},
		{"outbound.console", "Address of the console for links in what is sent, such as https://heed.example.com; empty: no links.", &c.Outbound.Console},
		{"smtp.host", "Mail server by which endpoints of the kind email are told; empty: none are.", &c.SMTP.Host},
		{"smtp.port", "Its port.", &c.SMTP.Port},
		{"smtp.user", "Who signs in there; empty: nobody.", &c.SMTP.User},
		{"smtp.password", "Their password; HEED_SMTP_PASSWORD_FILE names a file with it.", (*secret)(&c.SMTP.Password)},
		{"smtp.from", "Address that mail comes from.", &c.SMTP.From},
		{"smtp.tls", "starttls, implicit (from the first byte on, usually on port 465) or none.", &c.SMTP.TLS},
		{"recognizers", "Programs that projects may choose to find names with, in Presidio's shape, as in {presidio: {url: http://127.0.0.1:5002, language: en, within: 2s, at_once: 4, score: 0.4, ignore: [DATE_TIME, URL]}}. What they do not answer is withheld.", &c.Recognizers},
		{"prices", "What models cost, in USD per million tokens, beside and before the list prices that Heed knows, as in {my-model: [{since: 2026-01-01, input: 2, cached: 0.5, output: 8}]}.", &c.Prices},
	}
}

// secret is a setting that heed config does not print, and that the environment
// can give as a file.
type secret string

// MarshalYAML tells only whether there is one.
func (s secret) MarshalYAML() ([]byte, error) {
	if s == "" {
		return []byte(`""`), nil
	}
	return []byte("(set)"), nil
}

// variable is the environment variable of a setting.
func (s setting) variable() string {
	return "HEED_" + strings.ToUpper(strings.ReplaceAll(s.name, ".", "_"))
}

// environment is what the environment says of the setting; empty: nothing.
func (s setting) environment(getenv func(string) string) (string, error) {
	text := getenv(s.variable())
	if _, ok := s.value.(*secret); !ok || text != "" {
		return text, nil
	}
	file := getenv(s.variable() + "_FILE")
	if file == "" {
		return "", nil
	}
	held, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s_FILE cannot be read: %w", s.variable(), err)
	}
	return strings.TrimSpace(string(held)), nil
}

// set reads the value from text.
func (s setting) set(text string) error {
	switch value := s.value.(type) {
	case *string:
		*value = text
	case *[]string:
		*value = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	case *bool:
		yes, err := strconv.ParseBool(text)
		if err != nil {
			return errors.New("must be true or false")
		}
		*value = yes
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return errors.New("must be a whole number")
		}
		*value = n
	case *int64:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errors.New("must be a whole number")
		}
		*value = n
	case *secret:
		*value = secret(text)
	case *map[string]store.Role:
		*value = nil
		if err := yaml.UnmarshalWithOptions([]byte(text), value, yaml.Strict()); err != nil {
			return errors.New("must be roles by group, such as {support: reviewer}")
		}
	case *lasting:
		return value.UnmarshalYAML([]byte(text))
	case *map[string]gateway.Upstream:
		*value = nil
		if err := yaml.UnmarshalWithOptions([]byte(text), value, yaml.Strict()); err != nil {
			return errors.New("must be upstreams by name, such as {openai: {url: https://api.openai.com, api: openai}}")
		}
	case *map[string]recognize.Config:
		*value = nil
		if err := yaml.UnmarshalWithOptions([]byte(text), value, yaml.Strict()); err != nil {
			return errors.New("must be recognisers by name, such as {presidio: {url: http://127.0.0.1:5002}}")
		}
	case *price.Table:
		*value = nil
		if err := yaml.UnmarshalWithOptions([]byte(text), value, yaml.Strict()); err != nil {
			return errors.New("must be prices by model, such as {my-model: [{input: 2, output: 8}]}")
		}
	}
	return nil
}

// loadConfig reads the file, if one is named, and the environment.
func loadConfig(file string, getenv func(string) string) (config, error) {
	c := defaultConfig()
	if file == "" {
		file = getenv("HEED_CONFIG")
	}
	if file != "" {
		if err := c.readFile(file); err != nil {
			return c, err
		}
	}
	for _, s := range c.settings() {
		text, err := s.environment(getenv)
		if err != nil {
			return c, err
		}
		if text != "" {
			if err := s.set(text); err != nil {
				return c, fmt.Errorf("environment variable %s %w", s.variable(), err)
			}
		}
	}
	return c, nil
}

func (c *config) readFile(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	if says, err := yamlparser.ParseBytes(text, 0); err == nil && isEmpty(says) {
		return nil // the decoder would take the defaults away
	}
	err = yaml.UnmarshalWithOptions(text, c, yaml.Strict())
	if err == nil {
		return nil
	}
	return fmt.Errorf("configuration file %s: %s\nheed config lists every key", file, strings.TrimSpace(yaml.FormatError(err, false, true)))
}

// isEmpty reports whether a document says nothing, but for comments.
func isEmpty(document *ast.File) bool {
	for _, d := range document.Docs {
		if d.Body != nil && d.Body.Type() != ast.NullType && d.Body.Type() != ast.CommentType {
			return false
		}
	}
	return true
}

// validate names the first key whose value cannot be used, and what can.
func (c *config) validate() error {
	wrong := func(key, remedy string) error { return fmt.Errorf("setting %s %s", key, remedy) }
	switch {
	case c.Data == "":
		return wrong("data", "is empty: name a directory")
	case c.Listen == "":
		return wrong("listen", "is empty: name an address such as 127.0.0.1:8080")
	case c.OTLPGRPC == "":
		return wrong("otlp_grpc", "is empty: name an address such as 127.0.0.1:4317, or none")
	case c.Content != string(heed.ContentNone) && c.Content != string(heed.ContentRedacted):
		return wrong("content", "must be none or redacted")
	case c.MetricsToken != "" && len(c.MetricsToken) < 16:
		return wrong("metrics_token", "must have at least 16 characters, such as openssl rand -hex 16 makes")
	case !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level):
		return wrong("log.level", "must be debug, info, warn or error")
	case !slices.Contains([]string{"auto", "text", "json"}, c.Log.Format):
		return wrong("log.format", "must be auto, text or json")
	case c.Spool.MaxBytes < 64<<20:
		return wrong("spool.max_bytes", "must be at least 67108864 (64 MiB)")
	case c.Events.Threads < 1:
		return wrong("events.threads", "must be at least 1")
	case !strings.HasPrefix(c.Slack.API, "https://") && !strings.HasPrefix(c.Slack.API, "http://"):
		return wrong("slack.api", "must be an address such as https://slack.com/api")
	case c.Gateway.Hold != 0 && (c.Gateway.Hold < lasting(time.Second) || c.Gateway.Hold > lasting(24*time.Hour)):
		return wrong("gateway.hold", "must be 0, or a time from 1s to 24h such as 15m")
	case c.Gateway.HoldBytes != 0 && c.Gateway.HoldBytes < 1<<20:
		return wrong("gateway.hold_bytes", "must be 0, or at least 1048576 (1 MiB)")
	}
	for key, n := range map[string]int{
		"limits.secret_per_second": c.Limits.SecretPerSecond, "limits.public_per_second": c.Limits.PublicPerSecond,
		"limits.token_per_second": c.Limits.TokenPerSecond, "limits.address_per_second": c.Limits.AddressPerSecond, "limits.connections": c.Limits.Connections,
	} {
		if n < 1 {
			return wrong(key, "must be at least 1")
		}
	}
	for name, upstream := range c.Gateway.Upstreams {
		if err := upstream.Validate(); err != nil {
			return wrong("gateway.upstreams."+name, err.Error())
		}
	}
	for name, recognizer := range c.Recognizers {
		if err := recognizer.Validate(name); err != nil {
			return wrong("recognizers."+name, err.Error())
		}
	}
	if c.Emit.Endpoint != "" {
		if err := emit.Check(c.Emit.Endpoint, c.Emit.Headers); err != nil {
			return wrong("emit", err.Error())
		}
	}
	if c.Audit.Webhook != "" {
		if err := publish.Check(c.Audit.Webhook); err != nil {
			return wrong("audit.webhook", err.Error())
		}
	}
	if err := c.OIDC.validate(); err != nil {
		return wrong("oidc", err.Error())
	}
	if err := c.MCP.Validate(); err != nil {
		return wrong("mcp.origins", err.Error())
	}
	if err := c.Outbound.validate(); err != nil {
		return wrong("outbound.console", err.Error())
	}
	if err := c.SMTP.options().Validate(); err != nil {
		return wrong("smtp", err.Error())
	}
	for model, prices := range c.Prices {
		for _, p := range prices {
			if err := p.Validate(); err != nil {
				return wrong("prices."+model, err.Error())
			}
		}
	}
	_, err := c.proxies()
	return err
}

// proxies are the networks of trusted_proxies.
func (c *config) proxies() ([]netip.Prefix, error) {
	var networks []netip.Prefix
	for _, text := range c.TrustedProxies {
		if address, err := netip.ParseAddr(text); err == nil {
			networks = append(networks, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, errors.New("setting trusted_proxies must hold addresses or networks such as 10.0.0.0/8")
		}
		networks = append(networks, network)
	}
	return networks, nil
}

type configCommand struct {
	Config string `help:"Configuration file." placeholder:"FILE"`
}

// Run prints the settings in force as a configuration file.
func (cmd configCommand) Run(env *environment) error {
	c, err := loadConfig(cmd.Config, env.getenv)
	if err != nil {
		return err
	}
	section := ""
	for _, s := range c.settings() {
		name, indent := s.name, ""
		if head, tail, ok := strings.Cut(s.name, "."); ok {
			if head != section {
				fmt.Fprintf(env.stdout, "%s:\n", head)
				section = head
			}
			name, indent = tail, "  "
		}
		value, err := yaml.MarshalWithOptions(s.value, yaml.Flow(true))
		if err != nil {
			return err
		}
		fmt.Fprintf(env.stdout, "%s# %s (%s)\n%s%s: %s\n", indent, s.meaning, s.variable(), indent, name, strings.TrimSpace(string(value)))
	}
	_, err = fmt.Fprint(env.stdout, `# The key that wraps every other is no setting: HEED_ROOT_KEY holds it (32 random bytes in base64), or
# HEED_ROOT_KEY_FILE names a file with it, or HEED_ROOT_KMS a key of a service (vault:KEY, aws:KEY; see docs/keys.md);
# else it is root.key in the data directory. HEED_NEW_… is the one that heed vault rotate root goes to.
`)
	return errors.Join(err, c.validate())
}
