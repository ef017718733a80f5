"""`itsmctl`, and `python -m itsmctl`: an interruption while the program still loads ends it without a word."""

import signal

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else whoever started it wants it ignored
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from itsmctl.cli import main  # noqa: E402 - loading takes long enough to be interrupted

if __name__ == "__main__":
    main()
