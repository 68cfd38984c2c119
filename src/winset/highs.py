"""HiGHS without a word on standard output, which belongs to the answer."""

from __future__ import annotations

import highspy


class Quiet(highspy.Highs):
    """HiGHS announces itself on standard output when callbacks are enabled, which it does by itself."""

    def enableCallbacks(self) -> None:  # noqa: N802 - its name there
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]
