"""SDV's Gaussian copula over codes. SDV is an optional extra: only this file knows it."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from flowmap.eventlog import OptionError

Ints = npt.NDArray[np.int64]

TABLE = "table"  # SDV wants a name


def installed() -> bool:
    """Whether SDV is there; a folder of that name, from which Python could import nothing, is not it."""
    found = importlib.util.find_spec("sdv")
    return found is not None and found.origin is not None


def need_sdv() -> None:
    """Raises OptionError, which says how to get it, where SDV is not there."""
    if not installed():
        raise OptionError(
            "The Gaussian copula for attributes needs SDV, which is not installed here.",
            remedy='Install it (pip install "flowmap[sdv]"), or fit with --attributes chain.',
        )


class GaussianCopula:
    """SDV's GaussianCopulaSynthesizer, fitted to a table of codes; the same table gives the same rows.

    `real` is (C, n), `ordered` (C,) says which columns' codes stand in an order. SDV lays the values of a column out
    between 0 and 1, as long as each is common: so every column is uniform, which is faster than SDV's own choice (a
    beta distribution) and came nearer on the reference authority; and ordered codes keep their order.
    """

    def __init__(self, real: Ints, ordered: Sequence[bool]) -> None:
        need_sdv()
        from rdt.transformers import OrderedUniformEncoder
        from sdv.metadata import Metadata
        from sdv.single_table import GaussianCopulaSynthesizer

        names = [f"column {at}" for at in range(len(real))]
        table = {TABLE: pd.DataFrame({name: codes.astype(str) for name, codes in zip(names, real, strict=True)})}
        columns = {name: {"sdtype": "categorical"} for name in names}
        metadata = Metadata.load_from_dict({"tables": {TABLE: {"columns": columns}}, "relationships": []})
        orders = {
            name: OrderedUniformEncoder(order=np.unique(codes).astype(str).tolist())
            for name, codes, keeps_order in zip(names, real, ordered, strict=True)
            if keeps_order
        }
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on saving metadata, and on pandas to come
            self._synthesizer = GaussianCopulaSynthesizer(metadata, default_distribution="uniform")
            self._synthesizer.auto_assign_transformers(table)
            self._synthesizer.update_transformers(orders)
            self._synthesizer.fit(table)

    def draw(self, rows: int) -> Ints:
        """(C, rows) codes; each call gives others."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            drawn = self._synthesizer.sample(rows)[TABLE]
        return drawn.to_numpy().T.astype(np.int64)
