# make demo    run Heed with two months of example history; LISTEN=127.0.0.1:8090 serves it elsewhere
# make test    install what the tests need, and run them
# make check   what a change must pass: formatting, vet, staticcheck, layout, tests, race detector
# make bench   measure against the targets and write docs/performance.md

.PHONY: demo build test check bench tools

demo: build
	bin/heed demo $(if $(LISTEN),--listen $(LISTEN))

build:
	go build -trimpath -o bin/heed ./cmd/heed

test: tools build
	go test -timeout 60m ./...
	cd e2e && npm run --silent check && npm run --silent test

check: tools
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "gofmt these files:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go vet -tags "vaultkms awskms" ./cmd/heed
	go tool staticcheck ./...
	go test -race -timeout 120m ./...

bench: tools build
	go run ./bench -heed bin/heed -out docs/performance.md

# The examples' converter is Python, the widget is tested in Chromium.
tools:
	@command -v python3 >/dev/null && command -v chromium >/dev/null || \
		{ apt-get update -q && apt-get install -y -q python3 chromium; }
	@for folder in e2e e2e/apart sdk/js; do (cd $$folder && npm ci --silent --no-audit --no-fund) || exit 1; done
	@for folder in e2e/goclients e2e/gitleaks; do (cd $$folder && go list -test -deps ./... >/dev/null) || exit 1; done
