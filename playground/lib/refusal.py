"""A "no" with a reason. Every room that refuses derives its own from Refusal; every door shows it in its own shape."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """Something the person can do now: a label, and the name of the URL that does it, if there is one."""

    label: str
    url_name: str = ""


class Refusal(Exception):
    """Nothing was done and nothing was charged.

    `code` is for programs; `title` says what happened; `left` what is left, `resets` when it changes (already in the
    person's time zone and words); `ways` what she can do now. `status` is the HTTP status a page answers with.
    """

    code = "refused"
    status = 422

    def __init__(self, title: str, *, left: str = "", resets: str = "", ways: tuple[Way, ...] = ()) -> None:
        super().__init__(title)
        self.title = title
        self.left = left
        self.resets = resets
        self.ways = ways
