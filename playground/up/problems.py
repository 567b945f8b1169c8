"""What can keep the Playground from starting, in words for the person at the terminal."""


class Problem(Exception):
    """The message says what is wrong and what to do; it is shown without a traceback."""
