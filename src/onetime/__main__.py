"""`python -m onetime` is the command `onetime`."""

import sys

from onetime.cli import main

sys.exit(main())
