package privacy_test

import (
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
)

func TestCryptoAddresses(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct{ name, text, want string }{
		{"Bitcoin", "send to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa.", "send to [CRYPTO_ADDRESS_1]."},
		{"Bitcoin, script", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "[CRYPTO_ADDRESS_1]"},
		{"Bitcoin, bech32", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "[CRYPTO_ADDRESS_1]"},
		{"Bitcoin, taproot", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", "[CRYPTO_ADDRESS_1]"},
		{"Bitcoin, capitals", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "[CRYPTO_ADDRESS_1]"},
		{"Bitcoin, in JSON", `{"to":"x\n1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}`, `{"to":"x\n[CRYPTO_ADDRESS_1]"}`},
		{"Ethereum", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "[CRYPTO_ADDRESS_1]"},
		{"Ethereum in small letters by its word", "my wallet: 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "my wallet: [CRYPTO_ADDRESS_1]"},
		{"Ripple", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "[CRYPTO_ADDRESS_1]"},
		{"Solana by its word", "SOL wallet 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV9", "SOL wallet [CRYPTO_ADDRESS_1]"},
		{"private key of Bitcoin", "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", "[SECRET_1]"},

		{"no address with a wrong character", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp", ""},
		{"no address with wrong capitals", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed", ""},
		{"no address in a hash", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed and 3f786850e387550fdab836ed7e6dc881de23001b", ""},
		{"no address in a longer run", "x1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", ""},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}
