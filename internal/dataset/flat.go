package dataset

import "time"

// flatRow is an item as columns, in the order in which they are written. The tags
// name them, in CSV too. Columns are only ever added, at the end.
type flatRow struct {
	Given         time.Time `parquet:"time,timestamp(microsecond)"`
	Vote          string    `parquet:"vote,dict"`
	ScoreValue    *float64  `parquet:"score_value"`
	ScoreMin      *float64  `parquet:"score_min"`
	ScoreMax      *float64  `parquet:"score_max"`
	Tags          []string  `parquet:"tags,list"`
	Surface       string    `parquet:"surface,dict"`
	Comment       string    `parquet:"comment"`
	Correction    string    `parquet:"correction"`
	Messages      []Message `parquet:"messages,list"`
	Answer        string    `parquet:"answer"`
	Other         string    `parquet:"other_answer"`
	Provider      string    `parquet:"provider,dict"`
	Model         string    `parquet:"model,dict"`
	PromptName    string    `parquet:"prompt_name,dict"`
	PromptVersion string    `parquet:"prompt_version,dict"`
	Feature       string    `parquet:"feature,dict"`
	Release       string    `parquet:"release,dict"`
	Environment   string    `parquet:"environment,dict"`
	Provenance
}

func flat(i *Item) flatRow {
	row := flatRow{
		Given: i.Given, Vote: string(i.Vote), Tags: i.Tags, Surface: i.Surface, Comment: i.Comment, Correction: i.Correction,
		Messages: i.Question, Answer: i.Answer, Other: i.Other, Provider: i.Provider, Model: i.Model, PromptName: i.PromptName,
		PromptVersion: i.PromptVersion, Feature: i.Feature, Release: i.Release, Environment: i.Environment, Provenance: i.Provenance,
	}
	if i.Score != nil {
		row.ScoreValue, row.ScoreMin, row.ScoreMax = &i.Score.Value, &i.Score.Min, &i.Score.Max
	}
	return row
}
