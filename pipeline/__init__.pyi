from .errors import (
    DamagedFile as DamagedFile,
    Locked as Locked,
    PipelineError as PipelineError,
    SourceUnavailable as SourceUnavailable,
    SpecError as SpecError,
    StorageError as StorageError,
    SuspectPage as SuspectPage,
)
from .program.notebook import extract as extract, load as load
