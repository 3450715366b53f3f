from .density import (
    Ratio as Ratio,
    RatioStatus as RatioStatus,
    check_ratio as check_ratio,
    compare_ratio as compare_ratio,
)
from .districts import find_town as find_town, parse_district as parse_district
from .links import (
    Address as Address,
    find_file_type as find_file_type,
    parse_website as parse_website,
    resolve as resolve,
)
from .numbers import Number as Number, is_absent as is_absent, parse_number as parse_number
from .phones import Phone as Phone, find_area_town as find_area_town, parse_phone as parse_phone
