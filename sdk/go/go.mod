module github.com/heed-ai/heed/sdk/go

go 1.24
