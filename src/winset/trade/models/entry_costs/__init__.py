"""One sector in which exporters pay for market entry."""
