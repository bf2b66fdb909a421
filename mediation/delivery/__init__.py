"""How papers reach their addressees: attempt by attempt, at the table, at the door, by post or message, each with its proof."""
