"""SimPy's calendar of events, entered by moments instead of by delays."""

from collections.abc import Callable
from heapq import heappush

import simpy


class Calendar(simpy.Environment):
    """SimPy's environment, told times and not delays: now + (due - now) may miss due by a digit."""

    def put(self, moment: "Moment", time: float, rank: int) -> None:
        """Rule 4: the earliest comes first; of those due together, the first declared."""
        # `_queue` and `_eid` are SimPy's own and not documented: its `schedule` takes a delay, and
        # its priorities are for urgent and normal only. tests/test_private_interfaces.py guards it.
        heappush(self._queue, (time, simpy.events.EventPriority(rank), next(self._eid), moment))


class Moment(simpy.Event):
    """The moment a clock runs out; what SimPy's Timeout is, at a time instead of after a delay."""

    def __init__(
        self, calendar: Calendar, time: float, rank: int, then: Callable[[], None]
    ) -> None:
        super().__init__(calendar)
        # An event that has a value and is in the queue counts as triggered, as a Timeout does.
        self._ok, self._value = True, None
        # Called back, not waited for: a resumed process acts one step of the queue too late.
        self.callbacks.append(lambda _: then())
        calendar.put(self, time, rank)

    def cancel(self) -> None:
        """Let the moment pass without anything happening."""
        self.callbacks.clear()
