"""What unit tests share."""

from __future__ import annotations

import pytest


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections with their charts specified and not rendered, which takes most of the time."""
    from winset.report import charts

    monkeypatch.setattr(charts, "svg", lambda *_, **__: "")
