"""HiGHS without a word on standard output, which belongs to the answer, and in one thread."""

from __future__ import annotations

import highspy


class Quiet(highspy.Highs):
    """A model of HiGHS as every room uses it.

    It announces itself on standard output when callbacks are enabled, which it does by itself. Threads are
    a matter of the process: a model that asks for another number than the first one does not run at all.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.setOptionValue("threads", 1)

    def enableCallbacks(self) -> None:  # noqa: N802 - its name there
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]
