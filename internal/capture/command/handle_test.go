package command_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture/command"
	"github.com/heed-ai/heed/internal/privacy"
)

func newIndex(t testing.TB) *command.Index {
	t.Helper()
	names, err := privacy.NewPseudonymizer(make([]byte, privacy.PseudonymKeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	return command.NewIndex(names, command.Limits{Answers: 1000, Age: time.Hour})
}

var apis = []command.API{command.ChatCompletions, command.Responses, command.Messages}

// talk is a chat as its page keeps it, which knows nothing of Heed: every
// request holds all that was said.
type talk struct {
	t       *testing.T
	api     command.API
	index   *command.Index
	user    string
	stream  bool
	history []any
	answers int
	rated   map[heed.ResponseID]bool
}

func newTalk(t *testing.T, api command.API) *talk {
	return &talk{t: t, api: api, index: newIndex(t), user: "u-1", rated: map[heed.ResponseID]bool{}}
}

// message is one message in the shape of the API.
func (k *talk) message(role, text string) any {
	kind := map[command.API]string{command.Responses: map[string]string{"user": "input_text", "assistant": "output_text"}[role]}[k.api]
	if kind == "" {
		kind = "text"
	}
	if len(text)%2 == 0 { // both ways to write a text
		return map[string]any{"role": role, "content": text}
	}
	return map[string]any{"role": role, "content": []any{map[string]any{"type": kind, "text": text}}}
}

func (k *talk) body() []byte {
	name := "messages"
	if k.api == command.Responses {
		name = "input"
	}
	body, err := json.Marshal(map[string]any{"model": "m-1", "stream": k.stream, name: k.history})
	if err != nil {
		k.t.Fatal(err)
	}
	return body
}

func (k *talk) request() command.Request {
	return command.Request{
		API: k.api, Body: k.body(), Project: "prj_1", Tags: heed.DefaultTags(), User: privacy.NewRaw(k.user),
	}
}

// ask says something that goes to the model, which answers.
func (k *talk) ask(question, answer string) heed.ResponseID {
	k.t.Helper()
	k.history = append(k.history, k.message("user", question))
	r := k.request()
	if d := command.Handle(r, k.index); d.Answer != nil {
		k.t.Fatalf("%q was kept from the model", question)
	}
	k.answers++
	id := heed.ResponseID(fmt.Sprint("r-", k.answers))
	k.index.Remember(r, id, answer)
	k.history = append(k.history, k.message("assistant", answer))
	return id
}

// say says a command, and returns what is recorded and the line that answers.
func (k *talk) say(text string) (*command.Act, string) {
	k.t.Helper()
	k.history = append(k.history, k.message("user", text))
	d := command.Handle(k.request(), k.index)
	if d.Answer == nil || d.Body != nil {
		k.t.Fatalf("%q was not taken for a command", text)
	}
	var state *heed.Feedback
	if d.Act != nil {
		state = &heed.Feedback{Vote: heed.VoteNone}
		if v := d.Act.Edit.Vote; v.Set {
			k.rated[d.Act.Edit.ResponseID] = true
		}
		if k.rated[d.Act.Edit.ResponseID] {
			state.Vote = heed.VoteUp
		}
	}
	line := lineOf(k.t, k.api, d.Answer.Reply(state, nil))
	k.history = append(k.history, k.message("assistant", line))
	return d.Act, line
}

// lineOf reads a reply that is not streamed.
func lineOf(t *testing.T, api command.API, r command.Reply) string {
	t.Helper()
	var body struct {
		Choices []struct{ Message struct{ Content string } }
		Output  []struct{ Content []struct{ Text string } }
		Content []struct{ Text string }
	}
	if err := json.Unmarshal(r.Body, &body); err != nil {
		t.Fatal(err)
	}
	switch api {
	case command.ChatCompletions:
		return body.Choices[0].Message.Content
	case command.Responses:
		return body.Output[0].Content[0].Text
	}
	return body.Content[0].Text
}

// what tells an Act in one line.
func what(a *command.Act) string {
	if a == nil {
		return ""
	}
	if a.Signal != nil {
		return string(a.Signal.ResponseID) + " " + a.Signal.Name
	}
	out := string(a.Edit.ResponseID)
	if a.Edit.Vote.Set {
		out += " " + string(a.Edit.Vote.Value)
	}
	for _, tag := range a.AddTags {
		out += " #" + tag
	}
	if a.Edit.Comment.Set {
		out += " comment=" + a.Comment.Expose()
	}
	if a.Edit.Correction.Set {
		out += " correction=" + a.Correction.Expose()
	}
	if a.Retract {
		out += " retract"
	}
	return out
}

// TestTalk walks through a chat in every API: what each message records, and
// what its answer speaks of.
func TestTalk(t *testing.T) {
	for _, api := range apis {
		t.Run(string(api), func(t *testing.T) {
			k := newTalk(t, api)
			steps := func(rows [][3]string) {
				t.Helper()
				for _, row := range rows {
					act, line := k.say(row[0])
					if got := what(act); got != row[1] {
						t.Errorf("%q records %q, want %q", row[0], got, row[1])
					}
					if !strings.HasPrefix(line, "Heed: ") || !strings.Contains(line, row[2]) || strings.Contains(line, "\n") {
						t.Errorf("%q is answered with %q, want %q in it", row[0], line, row[2])
					}
				}
			}
			steps([][3]string{{"/+", "", "no answer here"}, {"/+why", "", "no answer here"}})
			k.ask("Hi", "Hello! What *can* I do?")
			steps([][3]string{
				{"/+why it is friendly", "r-1 comment=it is friendly", "/+ says good, /- says bad"},
				{"/+fix Hello.", "r-1 correction=Hello.", "/+ says good, /- says bad"},
				{"/+", "r-1 up", "rated good"},
				{"/+why it is friendly #Style-Format #mine", "r-1 #style_format #mine comment=it is friendly", "saved"},
				{"/+undo", "r-1 retract", "taken back"},
			})
			k.ask("Who wrote Faust?", "It was written by **Schiller**.")
			steps([][3]string{
				{"/-why no, Goethe did #incorrect", "r-2 down #incorrect comment=no, Goethe did", "rated bad"},
				{"/- @2", "r-1 down", "@2"},
				{"/- @3", "", "no answer here"},
				{"/+why", "", "1 incorrect · 2 not_asked · 3 incomplete"},
				{"1 3 Goethe did", "r-2 #incorrect #incomplete comment=Goethe did", "saved"},
				{"/+why @2", "", "1 incorrect"},
				{"2", "r-1 #not_asked", "saved"},
				{"/+why", "", "1 incorrect"},
				{"/-why 8", "r-2 down #broken", "rated bad"},
				{"/- " + strings.Repeat("x", 8001), "", "at most 8000"},
				{"/- " + strings.Repeat("x", 8000), "r-2 down comment=" + strings.Repeat("x", 8000), "rated bad"},
				{"/- #a" + strings.Repeat("a #a", 16), "r-2 down #aa #a", "rated bad"},
				{"/- #q #w #e #r #t #z #u #i #o #p #a #s #d #f #g #h #j", "", "at most 16"},
			})
			// Numbers pick tags right behind the list only.
			k.ask("1 3 and what comes then?", "5")
			steps([][3]string{{"/+", "r-3 up", "rated good"}})
		})
	}
}

// What goes on to the model is what it would have seen without commands.
func TestHistory(t *testing.T) {
	for _, api := range apis {
		t.Run(string(api), func(t *testing.T) {
			k := newTalk(t, api)
			k.ask("Hi", "Hello")
			k.say("/+")
			k.say("/+why")
			k.say("1 3 text")
			k.ask("/why", "Because you greeted me.")
			k.say("/-why too short")
			k.ask("//+ is a command of what?", "Of Heed.")
			k.history = append(k.history, k.message("user", "/+ and the answer got lost"), k.message("user", "And\u20289 \\ \"quoted\"?"))
			d := command.Handle(k.request(), k.index)

			clean := newTalk(t, api)
			for _, m := range [][2]string{
				{"user", "Hi"}, {"assistant", "Hello"}, {"user", "Why?"}, {"assistant", "Because you greeted me."},
				{"user", "/+ is a command of what?"}, {"assistant", "Of Heed."}, {"user", "And\u20289 \\ \"quoted\"?"},
			} {
				clean.history = append(clean.history, clean.message(m[0], m[1]))
			}
			if diff := cmp.Diff(textsIn(t, clean.body()), textsIn(t, d.Body)); diff != "" || d.Answer != nil || d.Act != nil {
				t.Errorf("(-want +got):\n%s", diff)
			}
			again := command.Handle(command.Request{API: api, Body: d.Body, Project: "prj_1"}, k.index)
			if &again.Body[0] != &d.Body[0] {
				t.Errorf("what the model gets is changed again: %s", again.Body)
			}
		})
	}
}

// "/why" is a signal, and a question that the model answers.
func TestExplain(t *testing.T) {
	for _, api := range apis {
		k := newTalk(t, api)
		ask := func() command.Decision { return command.Handle(k.request(), k.index) }
		k.history = []any{k.message("user", "/why")}
		if d := ask(); d.Act != nil || d.Answer != nil || !strings.Contains(string(d.Body), `"Why?"`) {
			t.Errorf("%s: without an answer: %s, %s", api, what(d.Act), d.Body)
		}
		k.history = nil
		k.ask("Hi", "Hello")
		k.say("/+")
		k.history = append(k.history, k.message("user", "/why"))
		if d := ask(); what(d.Act) != "r-1 asked_why" || d.Answer != nil || !strings.Contains(string(d.Body), `"Why?"`) || strings.Contains(string(d.Body), "/") {
			t.Errorf("%s: %s, %s", api, what(d.Act), d.Body)
		}
	}
}

// textsIn returns who says what in a body.
func textsIn(t *testing.T, body []byte) (said []string) {
	t.Helper()
	var chat struct {
		Messages, Input []struct {
			Role    string
			Content any
		}
	}
	if err := json.Unmarshal(body, &chat); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	for _, m := range append(chat.Messages, chat.Input...) {
		text, ok := m.Content.(string)
		if !ok {
			text = m.Content.([]any)[0].(map[string]any)["text"].(string)
		}
		said = append(said, m.Role+": "+text)
	}
	return said
}

// Requests that hold nothing for Heed go on as the very bytes that came.
func TestPassesUntouched(t *testing.T) {
	for name, c := range map[string]struct {
		api  command.API
		body string
	}{
		"ordinary":                 {command.ChatCompletions, `{"messages":[{"role":"user","content":"see https://a/b"}]}`},
		"another command":          {command.ChatCompletions, `{"messages":[{"role":"user","content":"/+1"}]}`},
		"command in the system":    {command.ChatCompletions, `{"messages":[{"role":"system","content":"/+ good"}]}`},
		"command of the model":     {command.ChatCompletions, `{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"/+ good"}]}`},
		"command with an image":    {command.ChatCompletions, `{"messages":[{"role":"user","content":[{"type":"text","text":"/+ good"},{"type":"image_url","image_url":{"url":"x"}}]}]}`},
		"command in two parts":     {command.ChatCompletions, `{"messages":[{"role":"user","content":[{"type":"text","text":"/+"},{"type":"text","text":"good"}]}]}`},
		"command that was passed":  {command.ChatCompletions, `{"messages":[{"role":"user","content":"/+ good"},{"role":"assistant","content":"Thanks!"},{"role":"user","content":"x"}]}`},
		"line without a command":   {command.ChatCompletions, `{"messages":[{"role":"user","content":"/-x"},{"role":"assistant","content":"Heed: x"},{"role":"user","content":"x"}]}`},
		"what a tool returned":     {command.Messages, `{"messages":[{"role":"user","content":[{"type":"tool_result","content":"/+"}]}]}`},
		"text beside a tool":       {command.Messages, `{"messages":[{"role":"user","content":[{"type":"tool_result","content":"x"},{"type":"text","text":"/+"}]}]}`},
		"output of a function":     {command.Responses, `{"input":[{"type":"function_call_output","output":"/+"}]}`},
		"prefilled answer":         {command.Messages, `{"messages":[{"role":"user","content":"/+"},{"role":"assistant","content":"{"}]}`},
		"tool in between":          {command.ChatCompletions, `{"messages":[{"role":"user","content":"/+"},{"role":"tool","content":"x"}]}`},
		"key twice":                {command.ChatCompletions, `{"messages":[{"role":"user","content":"/+"}],"messages":[{"role":"user","content":"x"}]}`},
		"role twice":               {command.ChatCompletions, `{"messages":[{"role":"user","role":"system","content":"/+"}]}`},
		"another shape":            {command.Messages, `{"prompt":"/+"}`},
		"another protocol":         {"embeddings", `{"input":"/+"}`},
		"nothing":                  {command.ChatCompletions, ``},
		"no JSON":                  {command.ChatCompletions, `/+`},
		"cut off":                  {command.ChatCompletions, `{"messages":[{"role":"user","content":"/+`},
		"cut off behind a message": {command.ChatCompletions, `{"messages":[{"role":"user","content":"/+"}`},
		"too deep":                 {command.ChatCompletions, `{"x":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `,"messages":[{"role":"user","content":"/+"}]}`},
		"too many messages":        {command.ChatCompletions, `{"messages":[` + strings.Repeat(`{"role":"user","content":"x"},`, 1<<15) + `{"role":"user","content":"/+"}]}`},
		"a list, an object wanted": {command.ChatCompletions, `[{"role":"user","content":"/+"}]`},
		"messages as an object":    {command.ChatCompletions, `{"messages":{"role":"user","content":"/+"}}`},
		"numbers without a list":   {command.ChatCompletions, `{"messages":[{"role":"user","content":"/-x"},{"role":"assistant","content":"Which? 1 a · 2 b"},{"role":"user","content":"1 2"}]}`},
	} {
		body := []byte(c.body)
		d := command.Handle(command.Request{API: c.api, Body: body, Project: "prj_1"}, newIndex(t))
		if string(d.Body) != c.body || (len(body) > 0 && &d.Body[0] != &body[0]) || d.Act != nil || d.Answer != nil {
			t.Errorf("%s: became %s, %s", name, d.Body, what(d.Act))
		}
	}
}

// Only what must change is changed, and nothing beside it.
func TestChangesInPlace(t *testing.T) {
	const line = `{"role":"assistant","content":"Heed: thanks"}`
	for name, c := range map[string]struct {
		api        command.API
		body, want string
	}{
		"why":                {command.ChatCompletions, "{ \"messages\" : [ {\"content\":\"\\n/why \",\"role\":\"user\"} ]\n,\"x\":1e0}", "{ \"messages\" : [ {\"content\":\"Why?\",\"role\":\"user\"} ]\n,\"x\":1e0}"},
		"literal":            {command.Messages, `{"messages":[{"role":"user","content":[{"type":"text","text":"//+ é\ud83d","cache_control":{}}]}]}`, `{"messages":[{"role":"user","content":[{"type":"text","text":"/+ é\ud83d","cache_control":{}}]}]}`},
		"literal in PHP":     {command.ChatCompletions, `{"messages":[{"role":"user","content":" \/\/+ \/"}]}`, `{"messages":[{"role":"user","content":" \/+ \/"}]}`},
		"literal in hex":     {command.ChatCompletions, `{"messages":[{"role":"user","content":"\t\u002F\u002f\u002B x"}]}`, `{"messages":[{"role":"user","content":"\t\u002f\u002B x"}]}`},
		"literal as input":   {command.Responses, `{"input":"//- x","store":true}`, `{"input":"/- x","store":true}`},
		"command left out":   {command.ChatCompletions, `{"messages":[ {"role":"user","content":"/+"} , ` + line + ` , {"role":"user","content":"x"} ]}`, `{"messages":[ {"role":"user","content":"x"} ]}`},
		"among settings":     {command.ChatCompletions, `{"messages":[{"role":"system","content":"s"},{"role":"user","content":"/+"},{"role":"system","content":"t"},` + line + `,{"role":"user","content":"x"},{"role":"system","content":"u"}]}`, `{"messages":[{"role":"system","content":"s"},{"role":"system","content":"t"},{"role":"user","content":"x"},{"role":"system","content":"u"}]}`},
		"before a tool":      {command.ChatCompletions, `{"messages":[{"role":"user","content":"/-"},` + line + `,{"role":"user","content":"x"},{"role":"assistant","tool_calls":[]},{"role":"tool","content":"y"}]}`, `{"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[]},{"role":"tool","content":"y"}]}`},
		"by reference":       {command.Responses, `{"input":[{"role":"user","content":"/+"},{"type":"item_reference","id":"msg_heed_1"},{"role":"user","content":"x"}]}`, `{"input":[{"role":"user","content":"x"}]}`},
		"going on from Heed": {command.Responses, `{"input":"x","previous_response_id":"resp_heed_0a_resp_1"}`, `{"input":"x","previous_response_id":"resp_1"}`},
		"from nothing":       {command.Responses, `{"previous_response_id":"resp_heed_0a_","input":"x"}`, `{"previous_response_id":null,"input":"x"}`},
	} {
		d := command.Handle(command.Request{API: c.api, Body: []byte(c.body), Project: "prj_1"}, newIndex(t))
		if diff := cmp.Diff(c.want, string(d.Body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Where the provider keeps the conversation, the request names the response it
// goes on from, and Heed's own answers lead on to the one before them.
func TestResponsesByID(t *testing.T) {
	x := newIndex(t)
	request := func(input, previous string) command.Request {
		body, _ := json.Marshal(map[string]any{"model": "m-1", "input": input, "previous_response_id": previous})
		return command.Request{API: command.Responses, Body: body, Project: "prj_1", Tags: heed.DefaultTags(), User: privacy.NewRaw("u-1")}
	}
	x.Remember(request("Hi", ""), "resp_1", "Hello")
	x.Remember(request("Weather?", "resp_1"), "resp_2", "")
	x.Remember(request("Rain", "resp_2"), "resp_3", "It rains.")
	previous := "resp_3"
	say := func(input string) string {
		t.Helper()
		d := command.Handle(request(input, previous), x)
		if d.Answer == nil {
			t.Fatalf("%q was not taken for a command", input)
		}
		var body struct {
			ID       string
			Previous *string `json:"previous_response_id"`
		}
		if err := json.Unmarshal(d.Answer.Reply(nil, nil).Body, &body); err != nil || body.Previous == nil || *body.Previous != "resp_3" {
			t.Errorf("%q is answered by %+v, %v", input, body, err)
		}
		previous = body.ID
		return what(d.Act)
	}
	for _, row := range [][2]string{
		{"/-", "resp_3 down"}, {"/- @2", "resp_1 down"}, {"/- @3", ""}, {"/+why @2", ""}, {"1 8 slow", "resp_1 #incorrect #broken comment=slow"}, {"/+undo", "resp_3 retract"},
	} {
		if got := say(row[0]); got != row[1] {
			t.Errorf("%q records %q, want %q", row[0], got, row[1])
		}
	}
	if d := command.Handle(request("1 3 apples", previous), x); d.Answer != nil || !strings.Contains(string(d.Body), `"resp_3"`) {
		t.Errorf("numbers long after the list: %s", d.Body)
	}
}

// A conversation with an id needs no history.
func TestConversationByID(t *testing.T) {
	x := newIndex(t)
	for _, c := range []struct {
		api          command.API
		body         string
		conversation string
	}{
		{command.Responses, `{"input":%q,"conversation":"conv_1"}`, ""},
		{command.Responses, `{"input":%q,"conversation":{"id":"conv_2"}}`, ""},
		{command.ChatCompletions, `{"messages":[{"role":"user","content":%q}]}`, "c-3"},
	} {
		request := func(text string) command.Request {
			return command.Request{API: c.api, Body: fmt.Appendf(nil, c.body, text), Project: "prj_1", Conversation: c.conversation}
		}
		first, second := heed.ResponseID("a"+c.body), heed.ResponseID("b"+c.body)
		x.Remember(request("Hi"), first, "Hello")
		x.Remember(request("Hi"), second, "Hello")
		for text, want := range map[string]string{"/+": string(second) + " up", "/+ @2": string(first) + " up", "/+ @3": ""} {
			if got := what(command.Handle(request(text), x).Act); got != want {
				t.Errorf("%s in %s records %q, want %q", text, c.body, got, want)
			}
		}
	}
}

// Where nobody is named, whoever speaks of an answer has one feedback on it.
func TestNobodyNamed(t *testing.T) {
	k := newTalk(t, command.ChatCompletions)
	k.user = ""
	k.ask("Hi", "Hello")
	vote, _ := k.say("/+")
	why, _ := k.say("/+why it is friendly")
	if vote.Edit.ID == "" || vote.Edit.ID != why.Edit.ID {
		t.Errorf("the ids are %q and %q", vote.Edit.ID, why.Edit.ID)
	}
	k.ask("Bye", "Goodbye")
	if other, _ := k.say("/+"); other.Edit.ID == vote.Edit.ID {
		t.Error("two answers share one feedback")
	}
	k.user = "u-1"
	if named, _ := k.say("/+"); named.Edit.ID != "" {
		t.Errorf("a person who is named has the id %q", named.Edit.ID)
	}
}

// An answer is known again as other pages show it, and the one that is shown
// is meant where the same question was answered twice.
func TestRegenerated(t *testing.T) {
	k := newTalk(t, command.Messages)
	first := k.ask("Tell me of Paris", "Paris has **2** rivers.\n\n1. Seine\n2. Marne")
	k.history = k.history[:0]
	k.ask("Tell me of Paris", "Paris has *one* river.")
	k.history = []any{k.message("user", "Tell me of Paris"), k.message("assistant", "Paris has 2 rivers. Seine Marne")}
	if act, _ := k.say("/-"); what(act) != string(first)+" down" {
		t.Errorf("records %q, want the first answer", what(act))
	}
	k.history = []any{k.message("user", "Tell me of Rome"), k.message("assistant", "Never seen")}
	if act, line := k.say("/-"); act != nil || !strings.Contains(line, "not known") {
		t.Errorf("records %q and says %q", what(act), line)
	}
}

// Errors are told in the line, without what was written.
func TestRefusedActs(t *testing.T) {
	k := newTalk(t, command.ChatCompletions)
	k.ask("Hi", "Hello")
	for _, c := range []struct {
		text string
		err  error
		want string
	}{
		{"/- my secret", heed.Errorf(heed.Unavailable, "the disk is full"), "try again later"},
		{"/- my secret", fmt.Errorf("my secret"), "try again later"},
		{"/- my secret", heed.InvalidField("tags", "has too many entries: at most 16"), "tags has too many entries"},
		{"/+undo", heed.Errorf(heed.NotFound, "no"), "nothing to take back"},
	} {
		k.history = append(k.history, k.message("user", c.text))
		d := command.Handle(k.request(), k.index)
		line := lineOf(t, k.api, d.Answer.Reply(nil, c.err))
		if !strings.Contains(line, c.want) || strings.Contains(line, "secret") || strings.Contains(fmt.Sprintf("%+v", *d.Act), "secret") {
			t.Errorf("%v is told as %q", c.err, line)
		}
	}
}
