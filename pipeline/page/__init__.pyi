from .charset import decode as decode, find_encoding as find_encoding
from .limits import (
    MAX_ARCHIVE_BYTES as MAX_ARCHIVE_BYTES,
    MAX_BYTES as MAX_BYTES,
    MAX_RECORDS as MAX_RECORDS,
    MAX_REGISTER_BYTES as MAX_REGISTER_BYTES,
    check_bytes as check_bytes,
)
from .lines import read_html as read_html, read_text as read_text
from .markup import MAX_TAGS as MAX_TAGS
from .media import (
    has_whole_end as has_whole_end,
    parse_content_type as parse_content_type,
    receive as receive,
    sniff as sniff,
)
from .text import (
    WITHHELD as WITHHELD,
    clean as clean,
    fold as fold,
    quote as quote,
    slug as slug,
    spell_umlauts as spell_umlauts,
)
from .trees import (
    Reader as Reader,
    read_with_lexbor as read_with_lexbor,
    read_with_soup as read_with_soup,
)
