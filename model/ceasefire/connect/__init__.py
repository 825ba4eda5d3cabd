"""Connections to other programs: a scenario as a problem of SALib, or as a model of EMA Workbench."""

from ceasefire.connect.ema import ema_model as ema_model
from ceasefire.connect.salib import salib_function as salib_function
from ceasefire.connect.salib import salib_problem as salib_problem
