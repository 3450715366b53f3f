#!/bin/bash
# phonenumbers 9.0.43: two telephone numbers printed as one, as German offices print them.
# Behaviour: "02303 100-12/13" (extensions 12 and 13) is parsed as one number, +4923031001213, with no extension,
#   and is_valid_number calls it valid: all digits are joined, and German numbers may be that long.
# One would have guessed: an error, the first number alone, or at least "not valid".
# Why it matters here: the result looks like any good number and reaches nobody, so the program looks at the printed
#   shape first and gives no number, with a reason, for what is printed as more than one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/python -m pip -q --disable-pip-version-check install phonenumbers==9.0.43
venv/bin/python - <<'END'
import phonenumbers


def read(text):
    """Give the number in E.164, its extension, and whether it is called valid."""
    number = phonenumbers.parse(text, "DE")
    form = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return form, number.extension, phonenumbers.is_valid_number(number)


for text, expected in {
    "02303 100-12": ("+49230310012", None, True),
    "02303 100-12/13": ("+4923031001213", None, True),
    "0234/910-23 28/29": ("+49234910232829", None, True),
}.items():
    print(text, read(text))
    assert read(text) == expected
END
