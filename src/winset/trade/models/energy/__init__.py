"""Many sectors with energy: fuels a CES input, reserves of each fuel, and a carbon price with its revenue."""
