import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

django.setup(set_prefix=False)

from django.urls import get_resolver  # noqa: E402 - Django is set up only now

from playground.handler import Handler  # noqa: E402
from playground.lib.memory import keep_what_is_loaded  # noqa: E402
from playground.startup import refuse_unsafe_start  # noqa: E402

application = Handler()

refuse_unsafe_start()

# All views now, not at the first request.
get_resolver().url_patterns  # noqa: B018
keep_what_is_loaded()
