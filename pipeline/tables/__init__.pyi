from .files import (
    iter_csv as iter_csv,
    iter_csv_texts as iter_csv_texts,
    iter_parquet as iter_parquet,
    print_value as print_value,
    read_csv as read_csv,
    render_csv as render_csv,
    render_parquet as render_parquet,
)
from .identity import identify as identify
from .normalise import (
    Contact as Contact,
    Item as Item,
    Normalised as Normalised,
    normalise_records as normalise_records,
)
from .readings import Draft as Draft, Reading as Reading, read_records as read_records
from .register import (
    Register as Register,
    known_municipalities as known_municipalities,
    parse_register as parse_register,
)
from .schema import (
    Column as Column,
    Row as Row,
    Rows as Rows,
    Table as Table,
    Type as Type,
    shape_tables as shape_tables,
)
from .wide import (
    BETWEEN as BETWEEN,
    CAPTURE as CAPTURE,
    CAPTURES as CAPTURES,
    CELLS as CELLS,
    PLACE as PLACE,
    Part as Part,
    list_sources as list_sources,
    name_wide as name_wide,
    plan_wide as plan_wide,
    shape_wide as shape_wide,
    widen as widen,
)
