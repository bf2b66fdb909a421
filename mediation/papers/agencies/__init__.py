"""What agencies write to each other and to a party about a case: each in the name of the house whose step it was."""

from mediation.papers.agencies import court, hand_overs, joint_meetings, justice, parties, services, streets

__all__ = ["court", "hand_overs", "joint_meetings", "justice", "parties", "services", "streets"]
