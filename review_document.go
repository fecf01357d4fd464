package heed

import "time"

// ReviewDocument is what Heed froze for a review: numbers, and titles of findings,
// which are redacted. It holds nothing that a person wrote in feedback. It is
// stored whole and never changed, so that it says the same for ever.
type ReviewDocument struct {
	Format   int       `json:"format" doc:"Of this document; 1."`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Before   time.Time `json:"before" doc:"When the period before began, which ended with from."`
	FrozenAt time.Time `json:"frozen_at" doc:"States of findings are as of then."`

	Numbers  ReviewNumbers   `json:"numbers"`
	Changes  []FindingChange `json:"changes" doc:"Of the product, newest first."`
	Problems []ReviewProblem `json:"problems" doc:"Groups of votes in which something rose, worst first."`
	Unfiled  ReviewUnfiled   `json:"unfiled"`
	Findings ReviewFindings  `json:"findings"`
	Fixes    []ReviewFix     `json:"fixes" doc:"Findings whose change was marked or judged in the period, or is still measured."`
	People   ReviewPeople    `json:"people"`
	Quality  ReviewQuality   `json:"quality"`
	Asked    []ReviewAsk     `json:"asked" doc:"What wants a decision."`
}

// ReviewFormat is the format of documents that are frozen now.
const ReviewFormat = 1

// ReviewShare is a part of a whole with its 95 % interval (Wilson's).
type ReviewShare struct {
	Part  int64    `json:"part"`
	Of    int64    `json:"of"`
	Share *float64 `json:"share" doc:"Null of nothing."`
	Low   float64  `json:"low"`
	High  float64  `json:"high"`
	// People is how many people it speaks of; of a share of what they said.
	People    int64 `json:"people,omitempty" doc:"Of what people said: how many that the application names said it. Of a tag, how many gave it."`
	FewerThan int64 `json:"fewer_than,omitempty" doc:"It is not told, since it is of fewer people than this, or would tell what is."`
}

// ReviewMove is a share in the period and in the one before.
type ReviewMove struct {
	Now        ReviewShare        `json:"now"`
	Before     ReviewShare        `json:"before"`
	Difference *FindingDifference `json:"difference,omitempty" doc:"Now less before; Newcombe's 95 % interval."`
	Moved      ReviewMoved        `json:"moved" enum:"rose,fell,unsure" doc:"unsure where the interval holds no difference at all; of features by a stricter test, because there are many."`
}

// ReviewMoved says which way a share went, if its interval says so.
type ReviewMoved string

const (
	MovedUp   ReviewMoved = "rose"
	MovedDown ReviewMoved = "fell"
	NotMoved  ReviewMoved = "unsure"
)

// ReviewNumbers are those of the period against those of the one before.
type ReviewNumbers struct {
	Now      ReviewTotals `json:"now"`
	Before   ReviewTotals `json:"before"`
	Good     ReviewMove   `json:"good" doc:"Good votes among all votes."`
	Rated    *ReviewMove  `json:"rated,omitempty" doc:"Rated answers among those that were shown, or among all where nothing was; absent where more was rated."`
	Errors   ReviewMove   `json:"errors" doc:"Failed answers among all."`
	Days     []ReviewDay  `json:"days" doc:"Days in UTC of both periods, oldest first; the first and last may be cut."`
	Features []ReviewPart `json:"features" doc:"Bad votes by feature, of those with the most votes."`
}

// ReviewTotals are counts, of which no interval is known.
type ReviewTotals struct {
	Answers int64    `json:"answers"`
	Shown   int64    `json:"shown"`
	Rated   int64    `json:"rated"`
	Good    int64    `json:"good"`
	Bad     int64    `json:"bad"`
	People  int64    `json:"people" doc:"Pseudonyms that gave feedback."`
	P50     *float64 `json:"p50_ms"`
	P95     *float64 `json:"p95_ms"`
	CostUSD *float64 `json:"cost_usd"`

	FewerThan int64 `json:"fewer_than,omitempty" doc:"A number of people, or of what they said, that is 0 is of fewer people than this."`
}

// ReviewDay is one day.
type ReviewDay struct {
	Day     string `json:"day"`
	Answers int64  `json:"answers"`
	Good    int64  `json:"good"`
	Bad     int64  `json:"bad"`
	// People voted on it.
	People    int64 `json:"people,omitempty" doc:"How many that the application names voted."`
	FewerThan int64 `json:"fewer_than,omitempty" doc:"Votes are not told, since they are of fewer people than this, or would tell what is."`
}

// ReviewPart is the share of bad votes of one feature.
type ReviewPart struct {
	Feature string     `json:"feature"`
	Bad     ReviewMove `json:"bad"`
}

// ReviewProblem is a group of votes in which a tag, or bad votes without regard
// to tags, became more, by a test that holds for many groups at once.
type ReviewProblem struct {
	Tag           string      `json:"tag,omitempty" doc:"Absent: bad votes."`
	Feature       string      `json:"feature"`
	PromptVersion string      `json:"prompt_version"`
	AllVersions   bool        `json:"all_versions,omitempty" doc:"It is of all prompt versions of the feature together."`
	Now           ReviewShare `json:"now"`
	Before        ReviewShare `json:"before"`
	Against       string      `json:"against" enum:"group,feature" doc:"What before is of: the same group or, where it had too few votes, its feature."`
	More          float64     `json:"more" doc:"How many votes more it is than at the share before."`
	Finding       FindingID   `json:"finding,omitempty" doc:"An open finding that takes these in."`
	FindingTitle  string      `json:"finding_title,omitempty"`
}

// ReviewUnfiled is how many bad votes of the period belong to no finding.
type ReviewUnfiled struct {
	Bad     int64 `json:"bad" doc:"Bad votes of the period."`
	Looked  int64 `json:"looked" doc:"How many of them were looked at: the newest thousand at most."`
	Unfiled int64 `json:"unfiled" doc:"How many of those belong to no finding."`
}

// ReviewFindings are the findings as they were when the document was frozen.
type ReviewFindings struct {
	States map[FindingState]int `json:"states"`
	Ages   ReviewAges           `json:"ages" doc:"Of those that wait for a fix."`
	Open   []ReviewFinding      `json:"open" doc:"Those that wait for a fix, oldest first; fifty at most."`
	More   int                  `json:"more,omitempty" doc:"How many more there are."`
}

// ReviewAges counts findings by how long ago they were made.
type ReviewAges struct {
	Week   int `json:"week" doc:"Up to seven days."`
	Month  int `json:"month" doc:"Up to 28 days."`
	Longer int `json:"longer"`
}

// ReviewFinding is a finding that waits for a fix.
type ReviewFinding struct {
	ID      FindingID    `json:"id"`
	Title   string       `json:"title"`
	State   FindingState `json:"state" enum:"new,triaged,fixing,regressed"`
	Owner   string       `json:"owner,omitempty" doc:"Id of a member."`
	Due     string       `json:"due,omitempty"`
	Overdue bool         `json:"overdue,omitempty"`
	Days    int          `json:"days" doc:"Since it was made."`
}

// ReviewFix is a finding whose change was marked, and whether that helped.
type ReviewFix struct {
	ID         FindingID          `json:"id"`
	Title      string             `json:"title"`
	State      FindingState       `json:"state" enum:"fixed,verified,regressed"`
	Since      time.Time          `json:"since" doc:"When it came to that state."`
	Change     FindingChange      `json:"change"`
	Tag        string             `json:"tag,omitempty" doc:"By whose share it is judged; absent: bad votes."`
	Verdict    string             `json:"verdict" enum:"unmarked,waiting,no_before,no_after,unsure,better,worse"`
	Before     FindingShare       `json:"before_change"`
	After      *FindingShare      `json:"after_change,omitempty"`
	Difference *FindingDifference `json:"difference,omitempty"`
	Needed     *int64             `json:"needed,omitempty"`
	Told       bool               `json:"told" doc:"There is a sentence for the people who spoke."`
}

// ReviewPeople is who was heard, and who can read what came of it.
type ReviewPeople struct {
	Heard    int64 `json:"heard" doc:"Pseudonyms that gave feedback in the period."`
	Votes    int64 `json:"votes"`
	Answered int64 `json:"answered" doc:"People whose feedback matches a finding that was settled in the period and has a sentence for them. One counts for each such finding."`
	Settled  int   `json:"settled" doc:"Findings that were fixed, verified or dismissed in the period."`
	Silent   int   `json:"silent" doc:"How many of them have no such sentence."`

	FewerThan int64 `json:"fewer_than,omitempty" doc:"A number of people or votes that is 0 is of fewer people than this."`
}

// ReviewQuality is how far the numbers can be trusted.
type ReviewQuality struct {
	Unbound    ReviewMove   `json:"unbound" doc:"Feedback whose answer has not arrived, among all."`
	Public     ReviewMove   `json:"public" doc:"Votes by a publishable key, which anybody may send, among all."`
	Unshown    []ReviewGap  `json:"unshown" doc:"Features whose answers nobody reports as shown, though others' are."`
	Unrated    []ReviewGap  `json:"unrated" doc:"Features with a hundred answers or more that nobody rated."`
	Suspicious []ReviewRush `json:"suspicious" doc:"Days on which a way in brought many votes from few people."`
	SetAside   int64        `json:"set_aside" doc:"Events of all projects that could never be stored."`
	Lost       int64        `json:"lost" doc:"Calls of all projects that the gateway could not record since the server started."`
	Refused    int64        `json:"refused" doc:"Requests of all projects that were refused since the server started, for their form or their key."`
}

// ReviewGap is a feature with so many answers.
type ReviewGap struct {
	Feature string `json:"feature"`
	Answers int64  `json:"answers"`
}

// ReviewRush is a day on which few people voted often.
type ReviewRush struct {
	Day     string `json:"day"`
	Surface string `json:"surface"`
	Votes   int64  `json:"votes"`
	People  int64  `json:"people"`

	FewerThan int64 `json:"fewer_than,omitempty" doc:"Votes and people are not told, since those are fewer than this."`
}

// ReviewAskKind says what wants a decision.
type ReviewAskKind string

const (
	AskProblem   ReviewAskKind = "problem"   // something rose, and no finding takes it in
	AskRegressed ReviewAskKind = "regressed" // a fix did not help, or its problem came back
	AskOverdue   ReviewAskKind = "overdue"   // a finding's day is over
	AskOwner     ReviewAskKind = "owner"     // nobody sees to a finding
	AskStuck     ReviewAskKind = "stuck"     // no number of votes will tell whether a fix helped
	AskTell      ReviewAskKind = "tell"      // people wait for a sentence
	AskDecision  ReviewAskKind = "decision"  // what was decided is overdue
	AskBinding   ReviewAskKind = "binding"   // more feedback than before names no answer that is known
	AskExposure  ReviewAskKind = "exposure"  // nobody reports what is shown
)

// ReviewAsk is something that wants a decision, made of the document's own
// numbers.
type ReviewAsk struct {
	Kind    ReviewAskKind `json:"kind" enum:"problem,regressed,overdue,owner,stuck,tell,decision,binding,exposure"`
	Problem int           `json:"problem,omitempty" doc:"Which of the problems, from 1."`
	Finding FindingID     `json:"finding,omitempty"`
	Title   string        `json:"title,omitempty" doc:"Of the finding, or of what was decided."`
	Feature string        `json:"feature,omitempty"`
	Count   int64         `json:"count,omitempty"`
}
