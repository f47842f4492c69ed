"""A table of flows becomes a matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd

from buju.errors import ParameterError
from buju.measure.checks import Array
from buju.measure.tables import table


def flow_matrix(flows: pd.DataFrame) -> tuple[pd.Index, Array]:
    """Places in order of first appearance, residences first, and commuters [residence, workplace].

    Raises
    ------
    SchemaError
        A column is missing, a pair stands twice, a number is missing or negative.
    ParameterError
        No commuters at all.
    """
    kept = table(flows, name="flows", key=["residence", "workplace"], values=["commuters"])
    home, work = kept["residence"].astype("str"), kept["workplace"].astype("str")
    places = pd.Index(pd.unique(pd.concat([home, work])))
    if not kept["commuters"].sum() > 0:
        raise ParameterError("flows has no commuters.", "flows 没有通勤人数。")
    matrix = np.zeros((len(places), len(places)))
    matrix[places.get_indexer(home), places.get_indexer(work)] = kept["commuters"]
    return places, matrix
