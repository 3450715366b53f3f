from .persons import (
    check_text as check_text,
    find_contacts as find_contacts,
    list_texts as list_texts,
)
from .quotes import hide_quotes as hide_quotes, list_labels as list_labels
from .redaction import show_lines as show_lines
from .suppressions import (
    Suppressions as Suppressions,
    erase as erase,
    erase_text as erase_text,
    find_key as find_key,
    make_key as make_key,
    read_key as read_key,
    read_suppressions as read_suppressions,
    spell_words as spell_words,
    suppress as suppress,
    suppress_new as suppress_new,
    write_suppressions as write_suppressions,
)
from .withhold import withhold_persons as withhold_persons
