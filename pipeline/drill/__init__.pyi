from .run import Result as Result, open_drills as open_drills, run_drills as run_drills
from .score import GRADES as GRADES
