"""American pairs."""

from tests.cases.matching.pairs import ask, co, differ, pe, same

AMERICAN = (
    same("comma and dot", co("Riverside Tooling, Inc.", "US 44114 Cleveland"), co("RIVERSIDE TOOLING INC", "US 44114 Cleveland")),
    same("Incorporated", co("Tamarack Milling Incorporated", "US 55401 Minneapolis"), co("Tamarack Milling Inc.", "US 55401 Minneapolis")),
    same("L.L.C.", co("Delta Ridge Pumps L.L.C.", "US 70130 New Orleans"), co("Delta Ridge Pumps LLC", "US 70130 New Orleans")),
    same("Corporation", co("Bluestem Grain Corporation", "US 66101 Kansas City"), co("Bluestem Grain Corp.", "US 66101 Kansas City")),
    same("& and and", co("Pike & Rowan LLP", "US 02110 Boston"), co("Pike and Rowan, L.L.P.", "US 02110 Boston")),
    same("Inc and Corp, one tax number", co("Riverside Tooling Inc.", "US 44114 Cleveland", tax="34-1234567"), co("Riverside Tooling Corp.", "US 44114 Cleveland", tax="341234567")),
    same("form left off, one phone", co("Cascade Timber Co.", "US 97201 Portland", phone="+15035550142"), co("Cascade Timber", "US 97201 Portland", phone="+15035550142")),
    same("typing error, one phone and street", co("Westbrook Plumbing LLC", "US 85004 Phoenix", "12 Palm Street", "+16025550133"), co("Westbrok Plumbing LLC", "US 85004 Phoenix", "12 Palm St.", "+16025550133")),
    same("domain, no address", co("Sagebrush Analytics LLC", "US 83702 Boise", email="ap@sagebrush.io"), co("Sagebrush Analytics, LLC", email="billing@sagebrush.io")),
    same("zip plus four by another list, one phone", co("Tamarack Milling Inc.", "US 55401-1020 Minneapolis", phone="+16125550100"), co("Tamarack Milling Inc.", "US 55401 Minneapolis", phone="612 555 0100")),
    same("person, one phone and zip", pe("Deborah Vanderhoof", "US 48933 Lansing", phone="+15175550111"), pe("VANDERHOOF, DEBORAH", "US 48933 Lansing", phone="+15175550111")),
    same("person, one e-mail and zip", pe("Luis Ocampo", "US 78701 Austin", email="luis.ocampo@gmail.com"), pe("Luis Ocampo", "US 78701 Austin", email="luis.ocampo@gmail.com")),
    ask("Inc and Corp", co("Riverside Tooling Inc.", "US 44114 Cleveland"), co("Riverside Tooling Corp.", "US 44114 Cleveland")),
    ask("state in one name", co("Bluestem Grain Texas LLC", "US 75201 Dallas", phone="+12145550110"), co("Bluestem Grain LLC", "US 75201 Dallas", phone="+12145550110")),
    ask("LLC and Inc, one phone", co("Pinnacle Roofing LLC", "US 80202 Denver", phone="+13035550177"), co("Pinnacle Roofing Inc.", "US 80202 Denver", phone="+13035550177")),
    ask("Services and none, one phone and street", co("Cascade Timber Services LLC", "US 97201 Portland", "5 Pine St", "+15035550142"), co("Cascade Timber LLC", "US 97201 Portland", "5 Pine St", "+15035550142")),
    ask("trading name, one tax number", co("Sunrise Deli", "US 33101 Miami", "9 Ocean Drive", tax="65-7654321"), co("JMR Foods LLC", "US 33101 Miami", "9 Ocean Drive", tax="65-7654321")),
    ask("person with a middle name, one phone and zip", pe("Deborah Ann Vanderhoof", "US 48933 Lansing", phone="+15175550111", street="2 Elm St"), pe("Deborah Vanderhoof", "US 48933 Lansing", phone="+15175550111", street="2 Elm St")),
    differ("father and son", pe("John Walker Sr.", "US 37201 Nashville", "8 Oak Ave", "+16155550188"), pe("John Walker Jr.", "US 37201 Nashville", "8 Oak Ave", "+16155550188")),
    differ("common person in two states", pe("James Brown", "US 30301 Atlanta"), pe("James Brown", "US 98101 Seattle")),
    differ("common company in two states", co("General Services LLC", "US 30301 Atlanta"), co("General Services LLC", "US 98101 Seattle")),
    differ("states tell them apart, one office", co("Quest Title of Texas LLC", "US 75201 Dallas", "1 Main St", "+12145550123"), co("Quest Title of Florida LLC", "US 75201 Dallas", "1 Main St", "+12145550123")),
    differ("store numbers", co("Burger Barn #104 LLC", "US 43004 Columbus", "", "", "ap@burgerbarn.com"), co("Burger Barn #117 LLC", "US 43004 Columbus", "", "", "ap@burgerbarn.com")),
    differ("one office of lawyers", co("Alder Holdings LLC", "US 19801 Wilmington", "1209 Orange Street"), co("Birch Holdings LLC", "US 19801 Wilmington", "1209 Orange Street")),
    differ("one agent, one phone", co("Alder Capital LLC", "US 19801 Wilmington", "1209 Orange Street", "+13025550100"), co("Birch Capital LLC", "US 19801 Wilmington", "1209 Orange Street", "+13025550100")),
    differ("two tax numbers, two cities", co("Summit Homes LLC", "US 80202 Denver", tax="84-1111111"), co("Summit Homes LLC", "US 84101 Salt Lake City", tax="87-2222222")),
    differ("one street, two names", pe("Grace Kim", "US 90012 Los Angeles", "400 Hill St"), pe("Nina Patel", "US 90012 Los Angeles", "400 Hill St")),
    differ("one free mail provider", pe("Deborah Vanderhoof", "US 48933 Lansing", email="dv@gmail.com"), pe("Deborah Vanderhoof", "US 33101 Miami", email="debv@gmail.com")),
)  # fmt: skip
