from .changes import Standing as Standing, list_changes as list_changes
from .states import (
    GOOD as GOOD,
    LONG_AGO as LONG_AGO,
    SEEN as SEEN,
    History as History,
    Sighting as Sighting,
    State as State,
    Verdict as Verdict,
    read_history as read_history,
)
from .visits import (
    MORE as MORE,
    OWN as OWN,
    Outcome as Outcome,
    Visit as Visit,
    describe_visit as describe_visit,
    plain as plain,
    print_time as print_time,
)
