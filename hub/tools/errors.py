"""The hub's refusals.

Refusal
├── PromptTooLong      the filled-in template is longer than any prompt may be
├── VersionIsFixed     the version is published, in review or retired: it never changes again
├── NotReady           a draft that cannot be published yet
└── ModelNotYours      the tool asks a model that this person may not use
"""

from django.utils.translation import gettext as _

from playground.lib.refusal import Refusal, Way


class PromptTooLong(Refusal):
    code = "prompt_too_long"

    def __init__(self, *, length: int, most: int) -> None:
        super().__init__(
            _("The text for the model would have %(length)s characters.") % {"length": f"{length:,}"},
            left=_("A prompt has at most %(most)s characters.") % {"most": f"{most:,}"},
            ways=(Way(_("Shorten the longest text, or use the tool on parts of it.")),),
        )


class VersionIsFixed(Refusal):
    code = "version_is_fixed"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("This version is no longer a draft."), ways=(Way(_("Reload the page and edit again.")),))


class NotReady(Refusal):
    code = "tool_not_ready"

    def __init__(self, reason: str) -> None:
        super().__init__(_("This draft cannot be published yet."), left=reason)


class ModelNotYours(Refusal):
    code = "model_not_yours"

    def __init__(self) -> None:
        super().__init__(
            _("The model of this tool is not available to you now."),
            ways=(Way(_("Ask the owner of the tool for a version with another model.")),),
        )
