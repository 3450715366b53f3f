import re
SUBLABELS=re.compile(r"(Fon|Tel|Telefon|Email|E-Mail|Mail|Fax|Mobil)[.]?:", re.I)
