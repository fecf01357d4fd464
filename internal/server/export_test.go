package server

// Observe is observe.
var Observe = observe
