"""A live answer's page as htmx keeps it: applies the messages of `runs/_stream.html` to its targets."""

import re

from tests.sse import Message

_partial = re.compile(r'<hx-partial hx-target="find \.([\w-]+)" hx-swap="(\w+)">(.*?)</hx-partial>', re.DOTALL)
_thoughts = re.compile(r'(<div class="answer-thoughts">)(.*)(</div></details>)', re.DOTALL)


class Page:
    """What is in each target. The thoughts are a target inside another one."""

    def __init__(self) -> None:
        self.parts = {"answer-reasoning": "", "answer-closed": "", "answer-open": "", "answer-status": ""}
        self.last_id = ""

    def apply(self, message: Message) -> None:
        self.last_id = message.id or self.last_id
        for target, swap, html in _partial.findall(message.data):
            if target == "answer-thoughts":
                self._think(html)
            elif swap == "beforeend":
                self.parts[target] += html
            else:
                self.parts[target] = html

    def _think(self, html: str) -> None:
        self.parts["answer-reasoning"] = _thoughts.sub(
            lambda found: found[1] + found[2] + html + found[3], self.parts["answer-reasoning"]
        )
