package publish

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"syscall"
)

// errPrivate is why an address is not connected to.
var errPrivate = errors.New("its address is private: set audit.webhook_private if it is meant to be on this machine or network")

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
	netip.MustParsePrefix("2002::/16"),      // IPv4 by 6to4
}

// refusePrivate refuses to connect to an address that is not on the internet. It
// sees the address itself, after the name was looked up, so a name that points
// elsewhere the second time gains nothing.
func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || isInternal(at.Addr().Unmap()) {
		return errPrivate
	}
	return nil
}

func isInternal(a netip.Addr) bool {
	return !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() ||
		slices.ContainsFunc(internal, func(network netip.Prefix) bool { return network.Contains(a.WithZone("")) })
}
