from .backfill import import_files as import_files, import_server as import_server
from .explain import Explanation as Explanation, Source as Source, explain_cell as explain_cell
from .export import render_archive as render_archive
from .extract import (
    extract_pages as extract_pages,
    extract_store as extract_store,
    read_register as read_register,
    stored_register as stored_register,
)
from .forget import Forgotten as Forgotten, forget_person as forget_person
from .importer import Imported as Imported
from .status import (
    Status as Status,
    describe_status as describe_status,
    give_verdict as give_verdict,
    read_status as read_status,
)
from .update import Updated as Updated, run_update as run_update
from .visit import Visited as Visited, open_store as open_store, pay_visit as pay_visit
from .whats_new import News as News
