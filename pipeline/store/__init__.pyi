from . import clock as clock
from .captures import (
    CAPTURES as CAPTURES,
    HOSTS as HOSTS,
    LOCK as LOCK,
    OTHER as OTHER,
    REGISTERS as REGISTERS,
    SUFFIXES as SUFFIXES,
    is_stored as is_stored,
    keep_capture as keep_capture,
    keep_register as keep_register,
    list_strangers as list_strangers,
    read_capture as read_capture,
    read_sidecar as read_sidecar,
)
from .clock import parse_date as parse_date
from .reading import holds as holds, read_stored as read_stored, told as told
from .sightings import (
    Store as Store,
    cut_store as cut_store,
    read_log_as_store as read_log_as_store,
    read_store as read_store,
)
from .storage import (
    check_writable as check_writable,
    lock as lock,
    make_directory as make_directory,
    mark_time as mark_time,
    point as point,
    remove as remove,
    remove_leftovers as remove_leftovers,
    write_file as write_file,
    write_set as write_set,
)
from .visit_log import (
    FORGETTING as FORGETTING,
    FORGOTTEN as FORGOTTEN,
    LOG as LOG,
    SEAL as SEAL,
    Log as Log,
    append_visit as append_visit,
    canonical as canonical,
    has_log as has_log,
    read_log as read_log,
    rewrite_log as rewrite_log,
)
