"""Connections to other programs: a scenario as a problem of SALib."""

from ceasefire.connect.salib import salib_function as salib_function
from ceasefire.connect.salib import salib_problem as salib_problem
