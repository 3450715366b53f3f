from .files import make_capture as make_capture, open_input as open_input, read_pages as read_pages
from .warc import (
    TIME_UNKNOWN as TIME_UNKNOWN,
    Archived as Archived,
    Broken as Broken,
    hash_payload as hash_payload,
    is_same_page as is_same_page,
    iter_archive as iter_archive,
)
from .wayback import (
    PAUSE as PAUSE,
    PUBLIC as PUBLIC,
    Memento as Memento,
    fetch_memento as fetch_memento,
    find_content_type as find_content_type,
    list_mementos as list_mementos,
)
