COPY FROM DATABASE "{{.}}" TO rewritten
