import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

django.setup(set_prefix=False)

from playground.handler import Handler  # noqa: E402 - Django is set up only now
from playground.startup import refuse_unsafe_start  # noqa: E402

application = Handler()

refuse_unsafe_start()
