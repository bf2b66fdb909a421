"""What the project makes of itself: pictures for the README, tables for the guides."""
