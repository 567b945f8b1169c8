"""The garbage collector of a process that serves for days."""

import gc


def keep_what_is_loaded() -> None:
    """Call once, when everything is imported.

    Half a million objects of Django and the SDKs never become garbage, and looking at them again took a quarter of a
    web process's time under two hundred streams. What comes later is looked at in larger portions: almost all of it
    dies by counting, without the collector.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
