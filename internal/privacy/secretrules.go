package privacy

import (
	"slices"
	"strings"
)

// alphabet is what the rest of a secret is made of, after its prefix.
type alphabet uint8

const (
	base62        alphabet = iota
	base64URL              // and _ and -
	base64Std              // and + / = _ -
	dotted                 // base64URL, dots and =
	pathBytes              // what a path has that is a secret: base64Std, dots and @
	hexadecimal            // either case
	capitals               // capital letters and digits
	lowerAndDigit          // small letters and digits
)

// prefixRule describes a secret that says what it is in its first characters.
type prefixRule struct {
	prefix   string
	alphabet alphabet
	min, max int  // length after the prefix
	plain    bool // also where the rest repeats itself
	digits   bool // only where the rest has a digit
	cased    bool // only where it also has a small and a capital letter
}

// encodedBlock is how the beginning of a PEM block is written in base64.
const encodedBlock = "LS0tLS1CRUdJTi"

// longSecret bounds secrets that have no length of their own.
const longSecret = 4096

// prefixRules is the list of them. Publishable keys are not in it, except
// Heed's own, which belong to one project and nobody else's text.
func prefixRules() []prefixRule { return slices.Concat(builderRules(), serviceRules()) }

// builderRules are of what software is made with: repositories, clouds, models
// and chats.
func builderRules() []prefixRule {
	return []prefixRule{
		{prefix: "heed_sk_", alphabet: base64URL, min: 20, max: 64}, {prefix: "heed_pk_", alphabet: base64URL, min: 20, max: 64},
		{prefix: "ghp_", alphabet: base62, min: 36, max: 36}, {prefix: "gho_", alphabet: base62, min: 36, max: 36},
		{prefix: "ghu_", alphabet: base62, min: 36, max: 36}, {prefix: "ghr_", alphabet: base62, min: 36, max: 76},
		{prefix: "ghs_", alphabet: dotted, min: 36, max: longSecret}, {prefix: "github_pat_", alphabet: base64URL, min: 36, max: 120},
		{prefix: "glpat-", alphabet: dotted, min: 20, max: 100}, {prefix: "gldt-", alphabet: base64URL, min: 20, max: 100},
		{prefix: "glptt-", alphabet: base64URL, min: 40, max: 40}, {prefix: "glft-", alphabet: base64URL, min: 20, max: 100},
		{prefix: "glrt-", alphabet: dotted, min: 20, max: 100}, {prefix: "glsoat-", alphabet: base64URL, min: 20, max: 40},
		{prefix: "glcbt-", alphabet: base64URL, min: 20, max: 100}, {prefix: "glimt-", alphabet: base64URL, min: 20, max: 100},
		{prefix: "glagent-", alphabet: base64URL, min: 50, max: 1024}, {prefix: "gloas-", alphabet: base64URL, min: 64, max: 64},
		{prefix: "GR1348941", alphabet: base64URL, min: 20, max: 50}, {prefix: "glsa_", alphabet: base64URL, min: 32, max: 64},
		{prefix: "glc_", alphabet: base64Std, min: 32, max: 400},
		{prefix: "AKIA", alphabet: capitals, min: 16, max: 16, plain: true}, {prefix: "ASIA", alphabet: capitals, min: 16, max: 16, plain: true},
		{prefix: "ABIA", alphabet: capitals, min: 16, max: 16, plain: true}, {prefix: "ACCA", alphabet: capitals, min: 16, max: 16, plain: true},
		{prefix: "A3T", alphabet: capitals, min: 17, max: 17, plain: true}, {prefix: "LTAI", alphabet: base62, min: 20, max: 20, cased: true},
		{prefix: "ABSK", alphabet: base64Std, min: 100, max: 280, plain: true}, {prefix: "bedrock-api-key-", alphabet: base64Std, min: 28, max: longSecret},
		{prefix: "sk-ant-", alphabet: base64URL, min: 24, max: 200, plain: true}, {prefix: "sk-proj-", alphabet: base64URL, min: 20, max: 240},
		{prefix: "sk-svcacct-", alphabet: base64URL, min: 20, max: 240}, {prefix: "sk-admin-", alphabet: base64URL, min: 20, max: 240},
		{prefix: "sk-or-v1-", alphabet: hexadecimal, min: 32, max: 80}, {prefix: "sk-lf-", alphabet: base64URL, min: 20, max: 64},
		{prefix: "sk-", alphabet: base62, min: 20, max: 120, digits: true},
		{prefix: "gsk_", alphabet: base62, min: 40, max: 64}, {prefix: "xai-", alphabet: base62, min: 60, max: 100},
		{prefix: "pplx-", alphabet: base62, min: 40, max: 64}, {prefix: "r8_", alphabet: base62, min: 36, max: 40},
		{prefix: "tgp_v1_", alphabet: base64URL, min: 40, max: 48}, {prefix: "llx-", alphabet: base64URL, min: 40, max: 60},
		{prefix: "lsv2_pt_", alphabet: base64URL, min: 32, max: 64}, {prefix: "lsv2_sk_", alphabet: base64URL, min: 32, max: 64},
		{prefix: "hf_", alphabet: base62, min: 30, max: 40, cased: true}, {prefix: "api_org_", alphabet: base62, min: 34, max: 34, cased: true},
		{prefix: "cosmo_", alphabet: hexadecimal, min: 32, max: 32}, {prefix: "pnu_", alphabet: base62, min: 36, max: 36},
		{prefix: "xoxb-", alphabet: base64URL, min: 20, max: 100, digits: true}, {prefix: "xoxp-", alphabet: base64URL, min: 20, max: 100, digits: true},
		{prefix: "xoxa-", alphabet: base64URL, min: 8, max: 100, plain: true}, {prefix: "xoxr-", alphabet: base64URL, min: 8, max: 100, plain: true},
		{prefix: "xoxs-", alphabet: base64URL, min: 8, max: 100, plain: true}, {prefix: "xoxo-", alphabet: base64URL, min: 8, max: 100, plain: true},
		{prefix: "xoxe-", alphabet: base64URL, min: 20, max: 240, digits: true}, {prefix: "xoxe.xox", alphabet: base64URL, min: 60, max: 240, digits: true},
		{prefix: "xoxc-", alphabet: base64URL, min: 20, max: 100, digits: true}, {prefix: "xapp-", alphabet: base64URL, min: 8, max: 160, plain: true},
		{prefix: "AIza", alphabet: base64URL, min: 35, max: 35, cased: true}, {prefix: "ya29.", alphabet: dotted, min: 20, max: 600},
		{prefix: "AKCp", alphabet: base62, min: 60, max: 80},
		{prefix: "GOCSPX-", alphabet: base64URL, min: 24, max: 32},
	}
}

// serviceRules are of what software uses: mail, packages, payments, secrets,
// databases, webhooks.
func serviceRules() []prefixRule {
	return []prefixRule{
		{prefix: "SG.", alphabet: dotted, min: 32, max: 80}, {prefix: "npm_", alphabet: base62, min: 36, max: 36},
		{prefix: "pypi-Ag", alphabet: base64URL, min: 40, max: 400}, {prefix: "rubygems_", alphabet: hexadecimal, min: 48, max: 48},
		{prefix: "CLOJARS_", alphabet: base62, min: 60, max: 60},
		{prefix: "sk_live_", alphabet: base62, min: 10, max: 200}, {prefix: "sk_test_", alphabet: base62, min: 10, max: 200},
		{prefix: "sk_prod_", alphabet: base62, min: 10, max: 200}, {prefix: "rk_prod_", alphabet: base62, min: 10, max: 200},
		{prefix: "rk_live_", alphabet: base62, min: 10, max: 200}, {prefix: "rk_test_", alphabet: base62, min: 10, max: 200},
		{prefix: "whsec_", alphabet: base64Std, min: 24, max: 64}, {prefix: "sq0csp-", alphabet: base64URL, min: 40, max: 48},
		{prefix: "sq0atp-", alphabet: base64URL, min: 22, max: 60}, {prefix: "EAAA", alphabet: base64URL, min: 22, max: 64, cased: true, digits: true},
		{prefix: "EAA", alphabet: base62, min: 80, max: 300, cased: true, digits: true},
		{prefix: "IGQV", alphabet: base64URL, min: 50, max: 300, cased: true, digits: true},
		{prefix: "shpat_", alphabet: hexadecimal, min: 32, max: 32}, {prefix: "shpca_", alphabet: hexadecimal, min: 32, max: 32},
		{prefix: "shppa_", alphabet: hexadecimal, min: 32, max: 32}, {prefix: "shpss_", alphabet: hexadecimal, min: 32, max: 32},
		{prefix: "hvs.", alphabet: base64URL, min: 24, max: 300}, {prefix: "hvb.", alphabet: base64URL, min: 24, max: 400},
		{prefix: "hvr.", alphabet: base64URL, min: 24, max: 300}, {prefix: "s.", alphabet: base62, min: 24, max: 24, cased: true, digits: true},
		{prefix: "AGE-SECRET-KEY-1", alphabet: capitals, min: 58, max: 58}, {prefix: "dop_v1_", alphabet: hexadecimal, min: 64, max: 64},
		{prefix: "doo_v1_", alphabet: hexadecimal, min: 64, max: 64}, {prefix: "dor_v1_", alphabet: hexadecimal, min: 64, max: 64},
		{prefix: "lin_api_", alphabet: base62, min: 32, max: 48}, {prefix: "ntn_", alphabet: base62, min: 40, max: 50},
		{prefix: "secret_", alphabet: base62, min: 43, max: 43, cased: true, digits: true},
		{prefix: "figd_", alphabet: base64URL, min: 38, max: 60}, {prefix: "dapi", alphabet: hexadecimal, min: 32, max: 34},
		{prefix: "PMAK-", alphabet: base64URL, min: 50, max: 64}, {prefix: "PMAT-", alphabet: base62, min: 26, max: 26},
		{prefix: "NRAK-", alphabet: capitals, min: 27, max: 27}, {prefix: "NRJS-", alphabet: hexadecimal, min: 19, max: 19},
		{prefix: "NRBR-", alphabet: hexadecimal, min: 19, max: 19}, {prefix: "NRII-", alphabet: base64URL, min: 24, max: 40},
		{prefix: "sbp_", alphabet: base64URL, min: 40, max: 44, digits: true}, {prefix: "vcp_", alphabet: base62, min: 56, max: 56},
		{prefix: "sntrys_", alphabet: base64Std, min: 60, max: 600}, {prefix: "sntryu_", alphabet: hexadecimal, min: 64, max: 64},
		{prefix: "pscale_", alphabet: dotted, min: 30, max: 80}, {prefix: "rdme_", alphabet: lowerAndDigit, min: 70, max: 70},
		{prefix: "ops_eyJ", alphabet: base64Std, min: 200, max: longSecret}, {prefix: "fo1_", alphabet: base64URL, min: 43, max: 43},
		{prefix: "fm1r_", alphabet: base64Std, min: 80, max: longSecret}, {prefix: "fm1a_", alphabet: base64Std, min: 80, max: longSecret},
		{prefix: "fm2_", alphabet: base64Std, min: 80, max: longSecret}, {prefix: "HRKU-", alphabet: base64URL, min: 58, max: 70},
		{prefix: "sgp_", alphabet: base64URL, min: 40, max: 64}, {prefix: "BBDC-", alphabet: base64Std, min: 40, max: 48},
		{prefix: "ATBB", alphabet: base62, min: 32, max: 32, cased: true}, {prefix: "ATATT3", alphabet: base64Std, min: 150, max: 250},
		{prefix: "ATCTT3", alphabet: base64Std, min: 150, max: 250}, {prefix: "sl.", alphabet: dotted, min: 130, max: longSecret},
		{prefix: "sha256~", alphabet: base64URL, min: 43, max: 43}, {prefix: "SU", alphabet: capitals, min: 56, max: 56, digits: true},
		{prefix: "A3-", alphabet: base64URL, min: 36, max: 40, digits: true}, {prefix: "API-", alphabet: capitals, min: 26, max: 26, digits: true},
		{prefix: "SK", alphabet: hexadecimal, min: 32, max: 32}, {prefix: "AC", alphabet: hexadecimal, min: 32, max: 32},
		{prefix: "AAAAAAAAAAAAAAAAAAAA", alphabet: base64Std, min: 80, max: 140}, {prefix: "s-s4t2", alphabet: base64URL, min: 66, max: 68},
		{prefix: "ico-", alphabet: base62, min: 32, max: 32, digits: true}, {prefix: "key-", alphabet: hexadecimal, min: 32, max: 32},
		{prefix: encodedBlock, alphabet: base64Std, min: 200, max: 16 << 10},
		{prefix: "glffct-", alphabet: base64URL, min: 20, max: 100}, {prefix: "gitlab_session=", alphabet: lowerAndDigit, min: 32, max: 32},
		{prefix: "FLWSECK_TEST-", alphabet: base64URL, min: 12, max: 40}, {prefix: "FLWSECK-", alphabet: base64URL, min: 32, max: 40},
		{prefix: "eyJrIjoi", alphabet: base64Std, min: 70, max: 404}, {prefix: "ZXlK", alphabet: base64Std, min: 60, max: longSecret, cased: true, digits: true},
		{prefix: "p8e-", alphabet: base62, min: 32, max: 32, digits: true}, {prefix: "v1.0-", alphabet: base64URL, min: 171, max: 171},
		{prefix: "fio-u-", alphabet: dotted, min: 64, max: 64}, {prefix: "tk-us-", alphabet: base64URL, min: 48, max: 48},
		{prefix: "pat.", alphabet: dotted, min: 68, max: 68, digits: true}, {prefix: "sat.", alphabet: dotted, min: 68, max: 68, digits: true},
		{prefix: "pat", alphabet: dotted, min: 79, max: 79, digits: true}, {prefix: "pul-", alphabet: hexadecimal, min: 40, max: 40},
		{prefix: "sm_sat_", alphabet: base62, min: 16, max: 16}, {prefix: "sm_pat_", alphabet: base62, min: 16, max: 16},
		{prefix: "sm_aat_", alphabet: base62, min: 16, max: 16}, {prefix: "cmVmd", alphabet: base62, min: 59, max: 59, cased: true, digits: true},
		{prefix: "EZTK", alphabet: base62, min: 54, max: 54, digits: true}, {prefix: "EZAK", alphabet: base62, min: 54, max: 54, digits: true},
		{prefix: "dp.pt.", alphabet: base62, min: 40, max: 44}, {prefix: "dp.st.", alphabet: dotted, min: 40, max: 80},
		{prefix: "dp.ct.", alphabet: base62, min: 40, max: 44}, {prefix: "dp.sa.", alphabet: base62, min: 40, max: 44},
		{prefix: "duffel_live_", alphabet: dotted, min: 43, max: 43}, {prefix: "duffel_test_", alphabet: dotted, min: 43, max: 43},
		{prefix: "xkeysib-", alphabet: base64URL, min: 81, max: 81}, {prefix: "xsmtpsib-", alphabet: base64URL, min: 81, max: 81},
		{prefix: "atlasv1.", alphabet: dotted, min: 60, max: 70}, {prefix: "dt0c01.", alphabet: dotted, min: 89, max: 89},
		{prefix: "shippo_live_", alphabet: hexadecimal, min: 40, max: 40}, {prefix: "shippo_test_", alphabet: hexadecimal, min: 40, max: 40},
		{prefix: "authress_", alphabet: pathBytes, min: 47, max: 200, digits: true}, {prefix: "scauth_", alphabet: pathBytes, min: 47, max: 200, digits: true},
		{prefix: "ext_", alphabet: pathBytes, min: 47, max: 200, digits: true}, {prefix: "sc_", alphabet: pathBytes, min: 47, max: 200, digits: true},
		{prefix: "hooks.slack.com/services/", alphabet: pathBytes, min: 40, max: 80, digits: true},
		{prefix: "hooks.slack.com/workflows/", alphabet: pathBytes, min: 40, max: 80, digits: true},
		{prefix: "hooks.slack.com/triggers/", alphabet: pathBytes, min: 40, max: 80, digits: true},
		{prefix: "discord.com/api/webhooks/", alphabet: pathBytes, min: 80, max: 120, digits: true},
		{prefix: "discordapp.com/api/webhooks/", alphabet: pathBytes, min: 80, max: 120, digits: true},
		{prefix: "webhook.office.com/webhookb2/", alphabet: pathBytes, min: 36, max: 200, digits: true},
		{prefix: "access_token$production$", alphabet: base64Std, min: 16, max: 80, plain: true},
	}
}

// alphabets has a bit for each alphabet that a byte is of. It is never written.
var alphabets = func() (t [256]uint8) {
	for a, signs := range map[alphabet]string{
		base62: "", base64URL: "_-", base64Std: "_-+/=%$", dotted: "_-.=", pathBytes: "_-+/=.@", hexadecimal: "", capitals: "", lowerAndDigit: "",
	} {
		for c := range t {
			c8 := byte(c)
			of := alnum(c8)
			switch a {
			case hexadecimal:
				of = isHex(c8)
			case capitals:
				of = isDigit(c8) || c8-'A' < 26
			case lowerAndDigit:
				of = isDigit(c8) || c8-'a' < 26
			}
			if of || strings.IndexByte(signs, c8) >= 0 {
				t[c] |= 1 << a
			}
		}
	}
	return t
}()

// has reports whether the alphabet has a byte.
func (a alphabet) has(c byte) bool { return alphabets[c]>>a&1 == 1 }
