"""The plan as a file: validate, resolve, run, write the bundle."""

from buju.study.bundle import Bundle, Table
from buju.study.load import Study, load_study
from buju.study.prepared import PreparedStudy, WhatIf, prepare_study
from buju.study.run import run_study

__all__ = [
    "Bundle",
    "PreparedStudy",
    "Study",
    "Table",
    "WhatIf",
    "load_study",
    "prepare_study",
    "run_study",
]
