"""Pairs that no weight was chosen on: Germany, Great Britain, America, France, Spain, Poland.

Labelled first and scored afterwards, by what a careful person would say who may not telephone anybody.
"""

from tests.cases.matching.pairs import ask, co, differ, pe, same

GERMAN = (
    same("a comma before the form", co("Rehbein Lacke, GmbH", "DE 42103 Wuppertal"), co("Rehbein Lacke GmbH", "DE 42103 Wuppertal")),
    same("ß as ss", co("Großmann Gerüste GmbH", "DE 99084 Erfurt"), co("Grossmann Gerüste GmbH", "DE 99084 Erfurt")),
    same("a hyphen in the name", co("Kehl-Druck GmbH & Co. KG", "DE 77694 Kehl"), co("Kehl Druck GmbH & Co KG", "DE 77694 Kehl")),
    same("UG written out", co("Fluxwerk UG (haftungsbeschränkt)", "DE 10999 Berlin"), co("FLUXWERK UG", "DE 10999 Berlin")),
    same("sole trader's form in two ways", co("Blumen Petzold e.K.", "DE 01662 Meißen", "Burgstraße 2"), co("Blumen Petzold e. Kfm.", "DE 01662 Meissen", "Burgstr. 2")),
    same("moved within the country, one HRB number and domain", co("Tannhof Möbel GmbH", "DE 72250 Freudenstadt", reg="HRB 440312", email="rechnung@tannhof-moebel.de"), co("Tannhof Möbel GmbH", "DE 72202 Nagold", reg="HRB440312", email="info@tannhof-moebel.de")),
    same("telephone with the trunk zero", co("Sielmann Pumpen AG", "DE 45127 Essen", phone="+49201774410"), co("Sielmann Pumpen AG", "DE 45128 Essen", phone="0201 774410")),
    same("Austrian form with a dot more", co("Gruber Seilbahnen Ges.m.b.H.", "AT 6020 Innsbruck"), co("Gruber Seilbahnen GmbH", "AT 6020 Innsbruck")),
    same("Swiss form left off, one domain", co("Rüegg Uhren AG", "CH 2502 Biel", email="a@rueegg-uhren.ch"), co("Rüegg Uhren", "CH 2502 Biel", email="b@rueegg-uhren.ch")),
    same("a letter doubled, one street and telephone", co("Pfaffinger Bräu GmbH", "DE 83022 Rosenheim", "Ring 14", "+498031220"), co("Pfafinger Bräu GmbH", "DE 83022 Rosenheim", "Ring 14", "+498031220")),
    ask("a postal code that differs by one digit", co("Tannhof Möbel GmbH", "DE 72250 Freudenstadt"), co("Tannhof Möbel GmbH", "DE 72205 Freudenstadt")),
    ask("one name and city, two HRB numbers", co("Lechtal Beton GmbH", "DE 86150 Augsburg", reg="HRB 21001"), co("Lechtal Beton GmbH", "DE 86150 Augsburg", reg="HRB 30977")),
    ask("a company and its owner at one address", co("Gartenbau Ellerbrock", "DE 21220 Seevetal", "Dorfstr. 3", "+494105660"), pe("Heiko Ellerbrock", "DE 21220 Seevetal", "Dorfstr. 3", "+494105660")),
    ask("holding at the same address", co("Rehbein Lacke GmbH", "DE 42103 Wuppertal", "Wall 5"), co("Rehbein Lacke Holding GmbH", "DE 42103 Wuppertal", "Wall 5")),
    ask("KG and GmbH of one name and telephone", co("Sielmann Pumpen KG", "DE 45127 Essen", phone="+49201774410"), co("Sielmann Pumpen GmbH", "DE 45127 Essen", phone="+49201774410")),
    ask("one name in two towns, two telephone numbers", co("Rehbein Lacke GmbH", "DE 42103 Wuppertal", phone="+4920277100"), co("Rehbein Lacke GmbH", "DE 44135 Dortmund", phone="+4923155200")),
    differ("two bakers of a frequent name in one town", co("Bäckerei Schmidt", "DE 37073 Göttingen", "Markt 2"), co("Bäckerei Schulz", "DE 37073 Göttingen", "Allee 9")),
    differ("a frequent name in two towns", co("Schmidt Transporte GmbH", "DE 37073 Göttingen"), co("Schmidt Transporte GmbH", "DE 24103 Kiel")),
    differ("rooms of one tax adviser: address and telephone alone", co("Alpha Vermögen GmbH", "DE 60311 Frankfurt", "Zeil 1", "+496922110"), co("Kranich Film GmbH", "DE 60311 Frankfurt", "Zeil 1", "+496922110")),
    differ("solar parks by number", co("Solarpark Kyritz 12 GmbH & Co. KG", "DE 16866 Kyritz", "Ring 1"), co("Solarpark Kyritz 13 GmbH & Co. KG", "DE 16866 Kyritz", "Ring 1")),
    differ("Lehmann and Lohmann", co("Lehmann Stahlbau GmbH", "DE 03046 Cottbus"), co("Lohmann Stahlbau GmbH", "DE 18055 Rostock")),
    differ("one brand in two countries, two numbers", co("Fluxwerk GmbH", "DE 10999 Berlin", tax="DE136695714"), co("Fluxwerk GmbH", "AT 1010 Wien", tax="ATU12345678")),
)  # fmt: skip

ENGLISH = (
    same("The in front", co("The Brass Kettle Company Ltd", "GB BS1-4DJ Bristol", "3 Quay Street"), co("Brass Kettle Company Limited", "GB BS1-4DJ Bristol", "3 Quay St")),
    same("Ltd with a dot", co("Penrose Marine Ltd.", "GB TR11-3AB Falmouth"), co("PENROSE MARINE LTD", "GB TR11-3AB Falmouth")),
    same("and as &", co("Cobb and Tiller LLP", "GB EX1-1AA Exeter"), co("Cobb & Tiller LLP", "GB EX11AA Exeter")),
    same("an apostrophe", co("O'Rourke Joinery Limited", "IE D02X285 Dublin"), co("ORourke Joinery Ltd", "IE D02-X285 Dublin")),
    same("LLC with dots", co("Saguaro Signs L.L.C.", "US 85001 Phoenix"), co("Saguaro Signs LLC", "US 85001 Phoenix")),
    same("ZIP plus four, one street", co("Tallgrass Feed Inc.", "US 66502 Manhattan", "12 Mill Road"), co("Tallgrass Feed Incorporated", "US 66502-1234 Manhattan", "12 Mill Rd")),
    same("moved, one VAT number", co("Penrose Marine Ltd", "GB TR11-3AB Falmouth", tax="GB980780684"), co("Penrose Marine Limited", "GB PL1-2AA Plymouth", tax="980780684")),
    same("Pty written out", co("Wattle Creek Wines Pty Ltd", "AU 5352 Tanunda"), co("Wattle Creek Wines Proprietary Limited", "AU 5352 Tanunda")),
    same("letters changed places, one mailbox", co("Thistledown Textiles Ltd", "GB KA1-1AA Kilmarnock", email="accounts@thistledown.co.uk"), co("Thistledwon Textiles Ltd", "GB KA1-1AA Kilmarnock", email="accounts@thistledown.co.uk")),
    ask("trading name and company at one address", co("Brass Kettle", "GB BS1-4DJ Bristol", "3 Quay Street"), co("Brass Kettle Company Ltd", "GB BS1-4DJ Bristol", "3 Quay Street")),
    ask("a rare name in two cities", co("Tallgrass Feed Inc.", "US 66502 Manhattan"), co("Tallgrass Feed Inc.", "US 68502 Lincoln")),
    ask("Ltd and LLP, one telephone", co("Cobb & Tiller LLP", "GB EX1-1AA Exeter", phone="+441392550011"), co("Cobb & Tiller Ltd", "GB EX1-1AA Exeter", phone="+441392550011")),
    ask("one mailbox, other name and town", co("Saguaro Signs LLC", "US 85001 Phoenix", email="billing@saguaro.us"), co("Saguaro Graphics LLC", "US 85701 Tucson", email="billing@saguaro.us")),
    ask("services beside the company at one address", co("Penrose Marine Ltd", "GB TR11-3AB Falmouth", "Dock 2"), co("Penrose Marine Services Ltd", "GB TR11-3AB Falmouth", "Dock 2")),
    differ("chain by town", co("Copper Bean Leeds Ltd", "GB LS1-4AP Leeds", email="a@copperbean.co.uk"), co("Copper Bean Bristol Ltd", "GB BS1-4DJ Bristol", email="b@copperbean.co.uk")),
    differ("a frequent name, two states", co("Johnson Construction Inc.", "US 85001 Phoenix"), co("Johnson Construction LLC", "US 30301 Atlanta")),
    differ("serviced office: address alone", co("Kestrel Apps Ltd", "GB EC1V-2NX London", "124 City Road"), co("Moorhen Foods Ltd", "GB EC1V-2NX London", "124 City Road")),
    differ("free mail and town", co("Corner Cafe", "GB KA1-1AA Kilmarnock", email="cornercafe@gmail.com"), co("Ayr Taxis", "GB KA1-1AA Kilmarnock", email="ayrtaxis@gmail.com")),
    differ("one word of two in common", co("Atlas Tyres Ltd", "GB M1-1AE Manchester"), co("Atlas Carpets Ltd", "GB M1-1AE Manchester")),
    differ("first, second and their numbers", co("Harbour View Block 2 Ltd", "GB PL1-2AA Plymouth", "1 Quay"), co("Harbour View Block 4 Ltd", "GB PL1-2AA Plymouth", "1 Quay")),
)  # fmt: skip

ROMANCE = (
    same("accents left off", co("Pâtisserie Lévêque SARL", "FR 35000 Rennes"), co("PATISSERIE LEVEQUE SARL", "FR 35000 Rennes")),
    same("SAS in front", co("SAS Bois de l'Yonne", "FR 89000 Auxerre"), co("Bois de l Yonne S.A.S.", "FR 89000 Auxerre")),
    same("one SIREN", co("Pâtisserie Lévêque SARL", "FR 35000 Rennes", reg="732829320"), co("Lévêque Traiteur", "FR 35000 Rennes", reg="732 829 320", phone="+33299001122")),
    same("et as &", co("Morvan & Fils SA", "FR 29200 Brest"), co("Morvan et Fils S.A.", "FR 29200 Brest")),
    same("SL with dots", co("Aceites Valdeolmos S.L.", "ES 23001 Jaén"), co("ACEITES VALDEOLMOS SL", "ES 23001 Jaen")),
    same("ñ as n, form written out", co("Cañaveral Riegos, Sociedad Limitada", "ES 06002 Badajoz"), co("Canaveral Riegos SL", "ES 06002 Badajoz")),
    same("moved, one NIF", co("Aceites Valdeolmos SL", "ES 23001 Jaén", tax="ESB58378431"), co("Aceites Valdeolmos S.L.", "ES 14001 Córdoba", tax="B58378431")),
    same("a street written short, no postal code", co("Ferronnerie Kerleroux SARL", "FR - Quimper", "8 avenue du Port"), co("Ferronnerie Kerleroux SARL", "FR - Quimper", "8 Ave du Port")),
    same("Italian form and one PEC", co("Tipografia Brandolini S.r.l.", "IT 48018 Faenza", email="brandolini@pec.it"), co("Tipografia Brandolini Srl", "IT 48018 Faenza", email="brandolini@pec.it")),
    ask("établissement of a company in another city", co("Bois de l'Yonne SAS", "FR 89000 Auxerre"), co("Bois de l'Yonne SAS succursale Dijon", "FR 21000 Dijon")),
    ask("SA and SAS of one name at one address", co("Morvan & Fils SA", "FR 29200 Brest", "Quai 4"), co("Morvan & Fils SAS", "FR 29200 Brest", "Quai 4")),
    ask("a rare name, no address", co("Cañaveral Riegos SL", "ES 06002 Badajoz"), co("Cañaveral Riegos SL", "ES")),
    ask("family business without form, one telephone", co("Tipografia Brandolini", "IT 48018 Faenza", phone="+39054622110"), pe("Brandolini Marco", "IT 48018 Faenza", phone="+39054622110")),
    differ("Dupont and Dupond", co("Garage Dupont SARL", "FR 35000 Rennes"), co("Garage Dupond SARL", "FR 29200 Brest")),
    differ("a frequent name in two cities", co("Construcciones García SL", "ES 23001 Jaén"), co("Construcciones García SL", "ES 06002 Badajoz")),
    differ("two restaurants of one owner at one telephone", co("Restaurante El Faro SL", "ES 11001 Cádiz", phone="+34956221100"), co("Restaurante La Caleta SL", "ES 11001 Cádiz", phone="+34956221100")),
    differ("property companies by number", co("SCI Les Tilleuls 1", "FR 89000 Auxerre", "Rue Haute 2"), co("SCI Les Tilleuls 2", "FR 89000 Auxerre", "Rue Haute 2")),
    differ("chain by city", co("Clinica Dental Sevilla SL", "ES 41001 Sevilla", email="a@clinicadental.es"), co("Clinica Dental Valencia SL", "ES 46001 Valencia", email="b@clinicadental.es")),
)  # fmt: skip

POLISH = (
    same("form in three words", co("Zakład Mięsny Jodłowiec Sp. z o.o.", "PL 34-300 Żywiec"), co("ZAKLAD MIESNY JODLOWIEC SP Z OO", "PL 34300 Zywiec")),
    same("ł, ó and ż left off", co("Żółw Łódź Armatura Sp. z o.o.", "PL 90-001 Łódź"), co("Zolw Lodz Armatura Sp. z o.o.", "PL 90001 Lodz")),
    same("moved, one NIP", co("Jodłowiec Sp. z o.o.", "PL 34-300 Żywiec", tax="PL8567346215"), co("Jodłowiec Sp. z o. o.", "PL 43-300 Bielsko-Biała", tax="856-734-62-15")),
    same("form left off, one telephone", co("Stolarnia Wrzos Sp. z o.o.", "PL 11-500 Giżycko", phone="+48874280011"), co("Stolarnia Wrzos", "PL 11-500 Giżycko", phone="+48874280011")),
    same("limited partnership in short", co("Wrzos Meble Sp. k.", "PL 11-500 Giżycko"), co("Wrzos Meble spółka komandytowa", "PL 11-500 Giżycko")),
    ask("Sp. z o.o. and Sp. k. at one address", co("Wrzos Meble Sp. z o.o.", "PL 11-500 Giżycko", "Leśna 2"), co("Wrzos Meble Sp. k.", "PL 11-500 Giżycko", "Leśna 2")),
    ask("branch", co("Stolarnia Wrzos Sp. z o.o.", "PL 11-500 Giżycko"), co("Stolarnia Wrzos Sp. z o.o. oddział Ełk", "PL 19-300 Ełk")),
    differ("Kowalski and Kowalczyk", co("Auto Kowalski", "PL 34-300 Żywiec"), co("Auto Kowalczyk", "PL 34-300 Żywiec")),
    differ("Nowak in two cities", co("Nowak Transport Sp. z o.o.", "PL 34-300 Żywiec"), co("Nowak Transport Sp. z o.o.", "PL 90-001 Łódź")),
)  # fmt: skip

PERSONS = (
    same("family name first, one street and telephone", pe("Katharina Vogelsang", "DE 34117 Kassel", "Weg 4", "+4956170011"), pe("Vogelsang, Katharina", "DE 34117 Kassel", "Weg 4", "+4956170011")),
    same("a title, one mailbox and postal code", pe("Dr. Ansgar Wiebking", "DE 31134 Hildesheim", email="a.wiebking@web.de"), pe("Ansgar Wiebking", "DE 31134 Hildesheim", email="A.Wiebking@web.de")),
    same("accents left off, one mobile number and street", pe("Zoë Lefèvre", "FR 35000 Rennes", "2 rue Basse", "+33612345678"), pe("Zoe Lefevre", "FR 35000 Rennes", "2 rue Basse", "0612345678")),
    same("Polish letters left off, one mailbox and street", pe("Łukasz Żebrowski", "PL 34-300 Żywiec", "Leśna 5", email="lz@wp.pl"), pe("Lukasz Zebrowski", "PL 34-300 Zywiec", "Lesna 5", email="lz@wp.pl")),
    same("moved, one mobile number and mailbox", pe("Eilidh Macaulay", "GB KA1-1AA Kilmarnock", phone="+447700900123", email="eilidh.m@gmail.com"), pe("Eilidh Macaulay", "GB G1-1XQ Glasgow", phone="+447700900123", email="eilidh.m@gmail.com")),
    ask("a rare name at one street, nothing else", pe("Ansgar Wiebking", "DE 31134 Hildesheim", "Wall 3"), pe("Ansgar Wiebking", "DE 31134 Hildesheim", "Wall 3")),
    ask("an initial, one telephone", pe("K. Vogelsang", "DE 34117 Kassel", phone="+4956170011"), pe("Katharina Vogelsang", "DE 34117 Kassel", phone="+4956170011")),
    ask("one mailbox, a name that differs by a letter", pe("Eilidh Macaulay", "GB KA1-1AA Kilmarnock", email="eilidh.m@gmail.com"), pe("Eilidh Macauley", "GB KA1-1AA Kilmarnock", email="eilidh.m@gmail.com")),
    differ("husband and wife, one house and telephone", pe("Ansgar Wiebking", "DE 31134 Hildesheim", "Wall 3", "+49512133"), pe("Renate Wiebking", "DE 31134 Hildesheim", "Wall 3", "+49512133")),
    differ("father and son", pe("Juan Pérez Senior", "ES 23001 Jaén", "Calle 1", "+34953221100"), pe("Juan Pérez Junior", "ES 23001 Jaén", "Calle 1", "+34953221100")),
    differ("a frequent name in two towns", pe("Peter Schmidt", "DE 34117 Kassel"), pe("Peter Schmidt", "DE 24103 Kiel")),
    differ("a frequent English name in two towns", pe("David Jones", "GB M1-1AE Manchester"), pe("David Jones", "GB PL1-2AA Plymouth")),
    differ("neighbours in one house", pe("Katharina Vogelsang", "DE 34117 Kassel", "Weg 4"), pe("Bodo Ritterbusch", "DE 34117 Kassel", "Weg 4")),
    differ("brothers with one mailbox", pe("Marek Żebrowski", "PL 34-300 Żywiec", email="zebrowscy@wp.pl"), pe("Łukasz Żebrowski", "PL 34-300 Żywiec", email="zebrowscy@wp.pl")),
)  # fmt: skip

WESTERN = (*GERMAN, *ENGLISH, *ROMANCE, *POLISH, *PERSONS)
