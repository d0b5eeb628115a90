"""SIGTERM: answered as Ctrl-C is, and told apart from it by the exit code alone."""

import signal
from types import FrameType

CTRL_C, TERMINATED = 130, 143  # 128 and the number of the signal, as shells have it

_terminated = False  # a signal handler has no other way to be asked afterwards


def answer_sigterm() -> None:
    """Let SIGTERM do from now on whatever Ctrl-C does at that moment."""
    global _terminated
    _terminated = False
    signal.signal(signal.SIGTERM, _answer)


def _answer(number: int, frame: FrameType | None) -> None:
    global _terminated
    # `timeout` sends it twice, to the process and to its group: not the impatience of a second
    # Ctrl-C
    if _terminated:
        return
    _terminated = True
    # called and not raised: where Ctrl-C is ignored, as for jobs of a script in the background,
    # SIGTERM is not
    press = signal.getsignal(signal.SIGINT)
    if not callable(press):
        raise KeyboardInterrupt
    press(signal.SIGINT, frame)


def interrupted_code() -> int:
    """The exit code of an interrupted command: 143 after SIGTERM, 130 after Ctrl-C."""
    return TERMINATED if _terminated else CTRL_C
