from .spec import (
    CHILDREN as CHILDREN,
    COLUMN_ENDS as COLUMN_ENDS,
    MUNICIPALITIES as MUNICIPALITIES,
    NUMBERS as NUMBERS,
    FieldSpec as FieldSpec,
    ListingSpec as ListingSpec,
    Locale as Locale,
    RatioSpec as RatioSpec,
    knows_country as knows_country,
)
from .spec_reader import parse_spec as parse_spec, read_spec as read_spec
