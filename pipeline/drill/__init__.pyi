from .run import Result as Result
from .run import open_drills as open_drills
from .run import run_drills as run_drills
from .score import GRADES as GRADES
