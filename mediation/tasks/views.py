"""Pages of tasks: my work, a task, and who stands in for whom. Importing this registers all of them."""

from __future__ import annotations

from mediation.tasks import away_views, choices, claim_views, finding_views, talk_views, task_views, work_views
from mediation.tasks.blueprint import bp

__all__ = ["away_views", "bp", "choices", "claim_views", "finding_views", "talk_views", "task_views", "work_views"]
