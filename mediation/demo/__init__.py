"""The demonstration centre: a fictional district whose cases were really played through the engine, at their own times."""

from mediation.demo.loading import PASSWORD, load, publish_shipped, replace

__all__ = ["PASSWORD", "load", "publish_shipped", "replace"]
