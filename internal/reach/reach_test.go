package reach

import (
	"context"
	"testing"
)

func TestPrivateAddresses(t *testing.T) {
	for address, private := range map[string]bool{
		"127.0.0.1:80": true, "127.9.9.9:80": true, "10.1.2.3:80": true, "172.16.0.1:80": true, "192.168.1.1:80": true,
		"169.254.169.254:80": true, "100.64.0.1:80": true, "0.0.0.0:80": true, "0.1.2.3:80": true, "255.255.255.255:80": true, "224.0.0.1:80": true,
		"198.18.0.1:80": true, "192.0.0.8:80": true, "240.0.0.1:80": true,
		"[::1]:80": true, "[::]:80": true, "[fe80::1%eth0]:80": true, "[fc00::1]:80": true, "[fd12::1]:80": true, "[ff02::1]:80": true,
		"[::ffff:10.0.0.1]:80": true, "[64:ff9b::a00:1]:80": true, "[2002:a00:1::]:80": true, "[2001:0:a00:1::]:80": true, "no address": true,
		"[::7f00:1]:80": true, "[::a00:1]:80": true, "[fec0::1]:80": true, "192.88.99.1:80": true, "168.63.129.16:80": true,
		"1.1.1.1:443": false, "172.32.0.1:443": false, "100.128.0.1:443": false, "[2606:4700::1111]:443": false,
	} {
		if err := refusePrivate(context.Background(), "tcp", address, nil); (err != nil) != private {
			t.Errorf("%s: %v", address, err)
		}
	}
}
