// Package access says yes or no: it is the one place that knows keys and
// feedback tokens, what each may do, which browser origins may use a project's
// publishable keys, and how often anybody may call.
package access
