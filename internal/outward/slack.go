package outward

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/heed-ai/heed"
)

// slackPause keeps within what Slack takes: one message a second.
const slackPause = time.Second

// maxSlackText bounds one text of a block; Slack refuses more than 3000
// characters.
const maxSlackText = 2900

// slack speaks to an incoming webhook of Slack.
type slack struct {
	client  *http.Client
	console string
}

func (slack) pace() (int, time.Duration) { return 1, slackPause }

// slackMessage is what an incoming webhook takes. Text is what notifications show,
// and those who cannot see blocks.
type slackMessage struct {
	Text        string       `json:"text"`
	Blocks      []slackBlock `json:"blocks"`
	UnfurlLinks bool         `json:"unfurl_links"`
	UnfurlMedia bool         `json:"unfurl_media"`
}

type slackBlock struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

// slackText is a text. Verbatim keeps Slack from making links of what looks like an
// address or a channel.
type slackText struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim"`
}

func (s slack) send(ctx context.Context, t *Target, _ *heed.Delivery, m *Message) result {
	body, err := json.Marshal(slackOf(m, s.console))
	if err != nil {
		return result{outcome: heed.OutcomeUnreachable}
	}
	return post(ctx, s.client, t.URL, body, nil)
}

// slackOf makes a message of Slack. Every text is escaped, so it names no channel
// and nobody, and links nowhere, there and where Slack's messages are read as
// Markdown.
func slackOf(m *Message, console string) slackMessage {
	title := escapeMrkdwn(shown(m.Title))
	text := "*" + title + "*"
	if len(m.Lines) > 0 {
		text += "\n" + escapeMrkdwn(strings.Join(shownAll(m.Lines), "\n"))
	}
	out := slackMessage{Text: cut(title, maxSlackText), Blocks: []slackBlock{{Type: "section", Text: &slackText{"mrkdwn", cut(text, maxSlackText), true}}}}
	var about []string
	if m.Project != "" {
		about = append(about, escapeMrkdwn(shown(m.Project)))
	}
	if link := m.link(console); link != "" {
		about = append(about, slackLink(link, "Open it in Heed"))
	}
	if m.Issue != "" {
		about = append(about, slackLink(m.Issue, "Open the issue"))
	}
	if len(about) > 0 {
		out.Blocks = append(out.Blocks, slackBlock{Type: "context", Elements: []slackText{{"mrkdwn", cut(strings.Join(about, " · "), maxSlackText), true}}})
	}
	return out
}

// slackLink is a link, to where no "|" would begin its name.
func slackLink(address, name string) string {
	return "<" + escapeMrkdwn(strings.ReplaceAll(address, "|", "%7C")) + "|" + name + ">"
}

// escapeMrkdwn makes of a text what Slack shows as it is: it escapes the three
// characters by which Slack is spoken to, and has others look alike that would make
// the text bold or code.
func escapeMrkdwn(text string) string { return mrkdwn.Replace(text) }

var mrkdwn = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "*", "∗", "`", "ˋ", "~", "∼")

// cut shortens a text to so many bytes, between characters and not within what is
// escaped.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	if at := strings.LastIndexByte(text[:end], '&'); at >= 0 && !strings.Contains(text[at:end], ";") {
		end = at
	}
	return text[:end] + "…"
}
