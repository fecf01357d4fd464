package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine describes where figures were measured.
type machine struct {
	cpu    string
	cores  int
	memory string
	kernel string
	disk   string
	golang string
	load   string // how many processes wanted to run in the minute before
}

// describeMachine reads /proc; what it does not tell is "unknown".
func describeMachine(dir string) machine {
	m := machine{
		cpu: procField("/proc/cpuinfo", "model name"), cores: runtime.NumCPU(),
		memory: "unknown", kernel: "unknown", load: "unknown", disk: fileSystem(dir), golang: runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH,
	}
	var kib float64
	if _, err := fmt.Sscanf(procField("/proc/meminfo", "MemTotal"), "%f kB", &kib); err == nil {
		m.memory = fmt.Sprintf("%.0f GiB", kib/(1<<20))
	}
	if release, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.kernel = strings.TrimSpace(string(release))
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.load, _, _ = strings.Cut(string(load), " ")
	}
	return m
}

// procField returns the first value of a name in a file of "name: value" lines.
func procField(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range bytes.Lines(text) {
		key, value, ok := strings.Cut(string(line), ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// fileSystem names the type of the file system that holds dir.
func fileSystem(dir string) string {
	mounts, err := os.ReadFile("/proc/mounts")
	if err != nil {
		return "unknown"
	}
	kind, longest := "unknown", -1
	for line := range bytes.Lines(mounts) {
		fields := strings.Fields(string(line))
		if len(fields) < 3 {
			continue
		}
		place := strings.TrimSuffix(fields[1], "/")
		if len(place) > longest && (dir == place || strings.HasPrefix(dir, place+"/")) {
			kind, longest = fields[2], len(place)
		}
	}
	return kind
}
