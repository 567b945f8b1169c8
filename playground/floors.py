"""The oldest versions that are safe to run; what is older has a known hole or fault that reaches us."""

import re

PACKAGES = {
    "django": "5.2.19",
    "django-allauth": "65.19.4",  # CVE-2026-97764
    "celery": "5.5",
    "kombu": "5.4",  # a worker that reconnects goes on consuming
    "markdown-it-py": "4.3",
    "nh3": "0.3.7",
}
POSTGRES = 140000
REDIS = "8.6.3"  # CVE-2026-23479: use after free by blocking commands
# The same, and CVE-2026-56684, mended in each line that is still kept up.
VALKEY = {"8.0": "8.0.10", "9.0": "9.0.5", "9.1": "9.1.1"}


def parts(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])


def is_older(version: str, floor: str) -> bool:
    return parts(version) < parts(floor)


def safe_server(kind: str, version: str) -> str | None:
    """None if it is safe, else the version to go to."""
    if kind == "Redis":
        return REDIS if is_older(version, REDIS) else None
    line = ".".join(version.split(".")[:2])
    newest = max(VALKEY.values(), key=parts)
    if parts(line) > parts(max(VALKEY, key=parts)):
        return None
    floor = VALKEY.get(line, newest)
    return floor if is_older(version, floor) else None
