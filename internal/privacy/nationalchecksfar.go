package privacy

import "strings"

func validBaltic(c []byte) bool {
	if c[0] < '1' || c[0] > '8' || !born(numberOf(c[3:5]), numberOf(c[5:7])) {
		return false
	}
	sum := weighted(c, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1) % 11
	if sum == 10 {
		sum = weighted(c, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3) % 11 % 10
	}
	return sum == int(c[10]-'0')
}

// validPESEL checks the number of Poland, in which the month tells the
// century.
func validPESEL(c []byte) bool {
	return born(numberOf(c[2:4])%20, numberOf(c[4:6])) && weighted(c, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0
}

func validRodneCislo(c []byte) bool {
	month := numberOf(c[2:4]) % 50 % 20
	return born(month, numberOf(c[4:6])) && numberOf(c)%11 == 0
}

func validCNP(c []byte) bool {
	if c[0] == '0' || !born(numberOf(c[3:5]), numberOf(c[5:7])) {
		return false
	}
	check := weighted(c, 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9) % 11
	if check == 10 {
		check = 1
	}
	return check == int(c[12]-'0')
}

func validEGN(c []byte) bool {
	return born(numberOf(c[2:4])%20, numberOf(c[4:6])) && weighted(c, 2, 4, 8, 5, 10, 9, 7, 3, 6)%11%10 == int(c[9]-'0')
}

func validTAJ(c []byte) bool {
	return weighted(c, 3, 7, 3, 7, 3, 7, 3, 7)%10 == int(c[8]-'0') && !allSame(c)
}

func validSNILS(c []byte) bool {
	return weighted(c, 9, 8, 7, 6, 5, 4, 3, 2, 1)%101%100 == numberOf(c[9:11]) && !allSame(c[:9])
}

func validINN(c []byte) bool {
	return weighted(c, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(c[10]-'0') &&
		weighted(c, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)%11%10 == int(c[11]-'0')
}

func validAMKA(c []byte) bool { return born(numberOf(c[2:4]), numberOf(c[:2])) && luhnOf(c) }

func validKimlik(c []byte) bool {
	odd := weighted(c, 1, 0, 1, 0, 1, 0, 1, 0, 1)
	even := weighted(c, 0, 1, 0, 1, 0, 1, 0, 1)
	return c[0] != '0' && ((odd*7-even)%10+10)%10 == int(c[9]-'0') && (odd+even+int(c[9]-'0'))%10 == int(c[10]-'0')
}

func validCPF(c []byte) bool {
	return weighted(c, 10, 9, 8, 7, 6, 5, 4, 3, 2)*10%11%10 == int(c[9]-'0') &&
		weighted(c, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)*10%11%10 == int(c[10]-'0') && !allSame(c)
}

func validRUT(c []byte) bool {
	sum, weight := 0, 2
	for i := len(c) - 2; i >= 0; i-- {
		sum += int(c[i]-'0') * weight
		if weight++; weight > 7 {
			weight = 2
		}
	}
	return c[len(c)-1] == "0K987654321"[sum%11]
}

func validCUIL(c []byte) bool {
	return (c[0] == '2' || c[0] == '3') && (11-weighted(c, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)%11)%11 == int(c[10]-'0')
}

func validSIN(c []byte) bool { return c[0] != '0' && c[0] != '8' && luhnOf(c) && !allSame(c) }

func validITIN(c []byte) bool {
	group := numberOf(c[3:5])
	return c[0] == '9' && (group >= 50 && group <= 65 || group >= 70 && group <= 88 || group >= 90 && group <= 92 || group >= 94)
}

// validAadhaar checks by the dihedral group of order ten, after Verhoeff.
func validAadhaar(c []byte) bool {
	const times = "0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210"
	const turn = "01234567891576283094580379614289160435279453126870428657390127938064157046913258"
	check := 0
	for i := range len(c) {
		v := int(c[len(c)-1-i] - '0')
		check = int(times[check*10+int(turn[i%8*10+v]-'0')] - '0')
	}
	return c[0] >= '2' && check == 0
}

func validPAN(c []byte) bool { return strings.IndexByte("PCHABGJLFT", c[3]) >= 0 }

func validChineseID(c []byte) bool {
	sum := weighted(c, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
	year := numberOf(c[6:10])
	return year >= 1900 && year <= 2100 && born(numberOf(c[10:12]), numberOf(c[12:14])) && c[17] == "10X98765432"[sum%11]
}

// validRRN checks no digit: Korea gives them out at random since 2020.
func validRRN(c []byte) bool {
	return born(numberOf(c[2:4]), numberOf(c[4:6])) && c[6] >= '1' && c[6] <= '8'
}

func validNRIC(c []byte) bool {
	sum := weighted(c[1:], 2, 7, 6, 5, 4, 3, 2)
	switch c[0] {
	case 'S':
		return c[8] == "JZIHGFEDCBA"[sum%11]
	case 'T':
		return c[8] == "JZIHGFEDCBA"[(sum+4)%11]
	case 'F':
		return c[8] == "XWUTRQPNMLK"[sum%11]
	case 'G':
		return c[8] == "XWUTRQPNMLK"[(sum+4)%11]
	case 'M':
		return c[8] == "XWUTRQPNJLK"[10-(sum+3)%11]
	}
	return false
}

func validHKID(c []byte) bool {
	sum := 36*9 + int(c[0]-'A'+10)*8 + weighted(c[1:], 7, 6, 5, 4, 3, 2)
	check := (11 - sum%11) % 11
	return check == 10 && c[7] == 'A' || check < 10 && int(c[7]-'0') == check
}

func validThaiID(c []byte) bool {
	return c[0] != '0' && (11-weighted(c, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11)%10 == int(c[12]-'0')
}

func validTeudatZehut(c []byte) bool { return luhnOf(c) && !allSame(c) }

func validSouthAfricanID(c []byte) bool {
	return born(numberOf(c[2:4]), numberOf(c[4:6])) && c[10] <= '2' && luhnOf(c)
}

func validTFN(c []byte) bool {
	return weighted(c, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 && !allSame(c)
}

func validMedicare(c []byte) bool {
	return c[0] >= '2' && c[0] <= '6' && weighted(c, 1, 3, 7, 9, 1, 3, 7, 9)%10 == int(c[8]-'0')
}
