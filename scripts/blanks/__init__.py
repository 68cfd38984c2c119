"""What the trade data of 2023 lack among 76 economies, filled in: `scripts.blanks.filling`."""
