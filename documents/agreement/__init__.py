"""What was agreed, as data: the terms and what becomes of them, the checker, the calculators. Pure, like the papers."""
