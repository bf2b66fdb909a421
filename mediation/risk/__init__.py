"""What is done beside a case in danger: its level, protection of victims, a crisis team, sealed notes."""
