"""The garbage collector of a process that serves for days."""

import gc


def keep_what_is_loaded() -> None:
    """Call once, when everything is imported.

    What Django and its rooms have loaded never becomes garbage, and to look at all of it again takes 80 ms of a web
    process (145,000 objects). What comes later is looked at in larger portions: almost all of it dies by counting,
    without the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
