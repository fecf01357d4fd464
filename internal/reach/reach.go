// Package reach decides which addresses Heed connects to where somebody who uses
// it chose them: by default those of the internet alone.
package reach

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// ErrPrivate is why an address is not connected to.
var ErrPrivate = errors.New("its address is private: the server's settings say whether it may be on this machine or network")

// internal are networks that are not the internet's, beside those that net/netip
// knows by name.
var internal = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),      // this network
	netip.MustParsePrefix("100.64.0.0/10"),  // shared by a provider's customers
	netip.MustParsePrefix("192.0.0.0/24"),   // protocols
	netip.MustParsePrefix("198.18.0.0/15"),  // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),    // reserved, and broadcast
	netip.MustParsePrefix("64:ff9b::/96"),   // IPv4 by translation
	netip.MustParsePrefix("64:ff9b:1::/48"), // the same, by a network's own
	netip.MustParsePrefix("2001::/32"),      // IPv4 by Teredo
	netip.MustParsePrefix("2002::/16"),      // IPv4 by 6to4
	netip.MustParsePrefix("192.88.99.0/24"), // the way to 6to4
	netip.MustParsePrefix("::/96"),          // IPv4 within IPv6, as it once was
	netip.MustParsePrefix("fec0::/10"),      // local to a site, as it once was
	// Where Azure's machines ask their host, by an address that looks like the
	// internet's and is told nobody else.
	netip.MustParsePrefix("168.63.129.16/32"),
}

// Client makes a client that gives up after a while, follows no redirect, uses no
// proxy of the environment, which would be what is connected to, and keeps no
// connection. Unless private, it connects to the internet alone: Dialer says how.
func Client(within time.Duration, private bool) *http.Client {
	return &http.Client{
		Timeout:       within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: Dialer(within, private).DialContext, TLSHandshakeTimeout: within, DisableKeepAlives: true,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}

// Dialer makes a dialer that, unless private, refuses addresses that are not on
// the internet. It sees the address itself, after the name was looked up, so a
// name that points elsewhere the second time gains nothing.
func Dialer(within time.Duration, private bool) *net.Dialer {
	dialer := &net.Dialer{Timeout: within}
	if !private {
		dialer.ControlContext = refusePrivate
	}
	return dialer
}

func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || isInternal(at.Addr().Unmap()) {
		return ErrPrivate
	}
	return nil
}

func isInternal(a netip.Addr) bool {
	return !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() ||
		slices.ContainsFunc(internal, func(network netip.Prefix) bool { return network.Contains(a.WithZone("")) })
}
