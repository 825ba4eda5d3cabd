"""`python -m ceasefire`: the same as the `ceasefire` command."""

import sys

from ceasefire.cli import main

sys.exit(main())
