package recognize

import "github.com/heed-ai/heed/internal/privacy"

// typeOf says which type of ours an entity type of Presidio is. What it does
// not know is CUSTOM, so that a recogniser of the operator's own needs no
// change here.
func typeOf(entity string) privacy.Type {
	switch entity {
	case "PERSON", "PER", "TITLE":
		return privacy.Name
	case "LOCATION", "LOC", "GPE", "ADDRESS", "STREET_ADDRESS", "ZIP_CODE":
		return privacy.Address
	case "EMAIL_ADDRESS":
		return privacy.Email
	case "PHONE_NUMBER":
		return privacy.Phone
	case "CREDIT_CARD":
		return privacy.Card
	case "IBAN_CODE":
		return privacy.IBAN
	case "IP_ADDRESS":
		return privacy.IP
	case "MAC_ADDRESS":
		return privacy.MAC
	case "US_SSN":
		return privacy.USSSN
	case "CRYPTO":
		return privacy.CryptoAddress
	case "US_ITIN", "US_PASSPORT", "US_DRIVER_LICENSE", "US_MBI", "UK_NHS", "UK_NINO", "UK_PASSPORT", "UK_DRIVING_LICENCE",
		"DE_TAX_ID", "DE_ID_CARD", "DE_PASSPORT", "DE_SOCIAL_SECURITY", "ES_NIF", "ES_NIE", "ES_PASSPORT",
		"IT_FISCAL_CODE", "IT_DRIVER_LICENSE", "IT_PASSPORT", "IT_IDENTITY_CARD", "PL_PESEL", "FI_PERSONAL_IDENTITY_CODE",
		"SG_NRIC_FIN", "AU_TFN", "AU_MEDICARE", "IN_PAN", "IN_AADHAAR", "IN_VOTER", "IN_PASSPORT", "CA_SIN", "KR_RRN", "TH_TNIN",
		"TR_NATIONAL_ID", "NG_NIN", "ZA_ID_NUMBER", "SE_PERSONNUMMER", "PH_PHILSYS":
		return privacy.NationalID
	}
	return privacy.Custom
}
