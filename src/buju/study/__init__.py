"""The plan as a file: validate, resolve, run, write the bundle."""

from buju.study.bundle import Bundle, Table
from buju.study.load import Study, load_study
from buju.study.run import run_study

__all__ = ["Bundle", "Study", "Table", "load_study", "run_study"]
