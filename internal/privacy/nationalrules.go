package privacy

// idRules lists them by country. A check digit that one number in eleven
// passes by chance is weak: such numbers need a telling word. A check over 97,
// letters in their places, or a date of birth besides make a number strong.
func idRules() []idRule {
	return []idRule{
		// Italy, Mexico: letters of the name, date of birth, a check letter.
		{"AAAAAA99A99A999A", validCodiceFiscale, idFree}, {"AAAA999999AAAAAAX9", validCURP, idFree},
		// France; Germany's pension number, tax number.
		{"9 99 99 99 999 999 99", validNIR, idFree}, {"9 99 99 9A 999 999 99", validNIR, idFree},
		{"99 999999 A 999", validRentenversicherung, idFree}, {"99 999 999 999", validSteuerID, idGrouped},
		// Spain: people of the country, and others.
		{"99999999 A", validDNI, idFree}, {"99.999.999 A", validDNI, idFree}, {"A 9999999 A", validNIE, idFree},
		// United Kingdom: insurance, health. Ireland.
		{"AA 99 99 99 A", validNINO, idGrouped}, {"999 999 9999", validNHS, idWord},
		{"9999999A", validPPS, idWord}, {"9999999AA", validPPS, idWord},
		// Netherlands, Belgium, Portugal, Austria, Switzerland.
		{"9999 99 999", validBSN, idWord}, {"99.99.99-999.99", validRijksregister, idFree}, {"99999999999", validRijksregister, idWord},
		{"999 999 999", validPortugueseNIF, idWord}, {"9999 999999", validAustrianSV, idWord}, {"999 9999 9999 99", validAHV, idFree}, {"999.9999.9999.99", validAHV, idFree},
		// The north: Sweden, Denmark, Norway, Finland, Estonia and Lithuania.
		{"999999~9999", validPersonnummer, idFree}, {"99999999~9999", validPersonnummer, idFree}, {"9999999999", validPersonnummer, idWord},
		{"999999999999", validPersonnummer, idWord}, {"999999-9999", validCPR, idWord}, {"9999999999", validCPR, idWord},
		{"999999 99999", validFodselsnummer, idGrouped}, {"999999-999X", validHetu, idFree}, {"999999A999X", validHetu, idFree},
		{"99999999999", validBaltic, idWord},
		// The east: Poland, Czechia and Slovakia, Romania, Bulgaria, Croatia, Hungary, Russia, Greece, Turkey.
		{"99999999999", validPESEL, idWord}, {"999999/9999", validRodneCislo, idFree}, {"9999999999", validRodneCislo, idWord},
		{"9999999999999", validCNP, idWord}, {"9999999999", validEGN, idWord}, {"99999999999", validOIB, idWord},
		{"999 999 999", validTAJ, idWord}, {"999-999-999 99", validSNILS, idFree}, {"99999999999", validSNILS, idWord},
		{"999999999999", validINN, idWord}, {"99999999999", validAMKA, idWord}, {"99999999999", validKimlik, idWord},
		// America: Brazil, Chile, Argentina, Canada, taxpayers of the United States who have no social security number.
		{"999.999.999-99", validCPF, idFree}, {"99999999999", validCPF, idWord}, {"99.999.999-X", validRUT, idFree},
		{"9.999.999-X", validRUT, idFree}, {"99999999-X", validRUT, idWord}, {"99-99999999-9", validCUIL, idFree}, {"99999999999", validCUIL, idWord}, {"999 999 999", validSIN, idWord},
		{"999-99-9999", validITIN, idFree}, {"999999999", validITIN, idWord},
		// Asia, Africa, Australia: India's two, China, Korea, Singapore, Hong Kong, Thailand, Israel, South Africa.
		{"9999 9999 9999", validAadhaar, idWord}, {"AAAAA9999A", validPAN, idWord}, {"99999999999999999X", validChineseID, idFree},
		{"999999-9999999", validRRN, idFree}, {"A9999999A", validNRIC, idGrouped}, {"A999999(X)", validHKID, idFree},
		{"9-9999-99999-99-9", validThaiID, idFree}, {"9999999999999", validThaiID, idWord}, {"999999999", validTeudatZehut, idWord},
		{"999999 9999 999", validSouthAfricanID, idFree}, {"999 999 999", validTFN, idWord}, {"9999 99999 9", validMedicare, idWord},
	}
}
