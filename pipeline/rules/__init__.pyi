from .finding import Subject as Subject
from .validate import check_rows as check_rows
