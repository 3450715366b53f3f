from .emails import (
    Email as Email,
    is_office_address as is_office_address,
    names_person as names_person,
    parse_mailto as parse_mailto,
)
from .entries import Entry as Entry, parse_blocks as parse_blocks
from .items import MAX_LENGTH as MAX_LENGTH, has_sublabel as has_sublabel, iter_items as iter_items
from .persons import (
    Part as Part,
    is_nobody as is_nobody,
    is_office as is_office,
    parse_person as parse_person,
)
