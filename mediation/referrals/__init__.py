"""Hand-overs between agencies: sent with a reason, signed for or returned, answered; who holds a case and for how long."""
