"""Asks providers. Plain Python: no Django, no tables; the words a caller may use are `types` and `errors`."""
