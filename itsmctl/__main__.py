"""`python -m itsmctl` does what `itsmctl` does."""

from itsmctl.cli import main

main()
