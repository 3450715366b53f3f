from .propose import Drafted as Drafted
from .propose import draft_listing as draft_listing
from .propose import read_unknown as read_unknown
