"""Contents page: Django finds the tables here. Nobody else imports it."""

from hub.tools.models import Tool, ToolRun, ToolVersion

__all__ = ["Tool", "ToolRun", "ToolVersion"]
