from .events import (
    read_events as read_events,
    read_published as read_published,
    tell_event as tell_event,
)
from .makers import digest_code as digest_code, is_made_by as is_made_by
from .provenance import (
    describe_origin as describe_origin,
    describe_store as describe_store,
    hash_register as hash_register,
    read_register_file as read_register_file,
)
from .publication import Published as Published, publish as publish, withdraw as withdraw
from .published import (
    CURRENT as CURRENT,
    DIGEST as DIGEST,
    PACKAGE as PACKAGE,
    SETS as SETS,
    UNFINISHED as UNFINISHED,
    find_set as find_set,
    hash_bytes as hash_bytes,
    is_current as is_current,
    is_own as is_own,
    list_files as list_files,
    list_tops as list_tops,
    read_current as read_current,
    read_package as read_package,
)
from .render import REPORT as REPORT, digest_set as digest_set, render_set as render_set
