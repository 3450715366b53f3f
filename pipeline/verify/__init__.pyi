from .run import Report as Report
from .run import verify as verify
