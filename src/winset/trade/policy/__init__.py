"""Tariffs as instruments: best answers, wars, bargains, unions."""
