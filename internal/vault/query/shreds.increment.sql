UPDATE shreds SET count = count + 1
