"""Tags and filters of the pages: thin calls into lib."""

from django.template import Library

register = Library()
