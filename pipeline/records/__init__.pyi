from .grammar import NOTHING as NOTHING, parse_listing as parse_listing
from .grids.cells import Budget as Budget, Row as Row, read_rows as read_rows
from .labels import BARE as BARE
from .likeness import (
    NearestLabels as NearestLabels,
    is_label_like as is_label_like,
    nearest_label as nearest_label,
    tell_alias as tell_alias,
)
from .suspect import judge as judge, refuse_bytes as refuse_bytes
