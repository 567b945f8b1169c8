import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")

application = get_asgi_application()

from playground.startup import refuse_unsafe_start  # noqa: E402 - Django is set up only now

refuse_unsafe_start()
