from .run import Report as Report, verify as verify
