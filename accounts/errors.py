"""The one "no" of this room: what was asked cannot be done; the message says why, and what to do instead."""


class NotPossible(Exception):
    pass
