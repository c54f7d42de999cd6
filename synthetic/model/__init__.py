"""A model of a real event log that holds nobody: fitted, looked at, sampled from."""

from synthetic.model.explain import explain
from synthetic.model.fit import fit
from synthetic.model.model import Model
from synthetic.model.options import FitOptions, Public
from synthetic.model.sample import sample

__all__ = ["FitOptions", "Model", "Public", "explain", "fit", "sample"]
