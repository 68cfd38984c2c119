"""What was delivered: pledges against series, scores, incomes, and the gap between rich and poor."""
