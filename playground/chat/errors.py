"""The chat's refusals.

Refusal
├── StillAnswering     one answer at a time in a conversation
└── NothingToGoOn      the answer is whole, or there is none
"""

from django.utils.translation import gettext as _

from playground.lib.refusal import Refusal, Way


class StillAnswering(Refusal):
    code = "still_answering"

    def __init__(self) -> None:
        super().__init__(
            _("An answer is still being written in this chat."),
            ways=(Way(_("Wait for it, or stop it, and send again. Your text is kept.")),),
        )


class NothingToGoOn(Refusal):
    code = "nothing_to_go_on"

    def __init__(self) -> None:
        super().__init__(_("This answer has nothing left to go on with."))
