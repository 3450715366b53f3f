from .propose import (
    Drafted as Drafted,
    draft_listing as draft_listing,
    read_unknown as read_unknown,
)
