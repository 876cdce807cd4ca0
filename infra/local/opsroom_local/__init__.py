"""The whole cloud on one machine: builds Opsroom, starts an AWS emulator and the stand-ins, deploys the real template into them.

Nothing here is known to any function: for them this is only another account. `python -m opsroom_local --help` is the way in; the
Makefile calls it.
"""
