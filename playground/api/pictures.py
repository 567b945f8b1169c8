"""Pictures as programs send them: data in the body. An address is refused, for fetching it would be ours to answer."""

import binascii
import re
from base64 import b64decode
from typing import Annotated

from pydantic import AfterValidator, Field

from playground.gateway.types import Image

LONGEST = 14_000_000
KINDS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
DATA_URL = re.compile(r"data:(image/(?:png|jpeg|gif|webp));base64,(.*)", re.DOTALL)
ONLY = "Only data: URLs of PNG, JPEG, GIF and WebP images are read; no address is fetched"


def image_from(url: str) -> Image:
    """Raises ValueError, in words."""
    found = DATA_URL.fullmatch(url)
    if not found:
        raise ValueError(ONLY)
    return checked(found[1], found[2])


def checked(media_type: str, data: str) -> Image:
    """Raises ValueError, in words."""
    if media_type not in KINDS:
        raise ValueError(ONLY)
    if len(data) > LONGEST:
        raise ValueError("This image is larger than 10 MB")
    try:
        content = b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("This image is not base64") from None
    if not content.startswith(KINDS[media_type]):
        raise ValueError(f"This is no image of type {media_type}")
    return Image(media_type, data)


def check_url(url: str) -> str:
    image_from(url)
    return url


DataUrl = Annotated[str, AfterValidator(check_url), Field(description=ONLY)]
