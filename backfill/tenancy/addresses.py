"""The network address a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the caller's address, for counting: an IPv4 address, or the /64 network of an IPv6 one.

    `X-Forwarded-For` is believed only as far as our own proxies wrote it (`TRUSTED_PROXY_COUNT`, counted from the
    right); everything left of that is whatever the caller sent. A whole /64 counts as one caller, because a single
    machine is usually given that many addresses.
    """
    address = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if 0 < settings.TRUSTED_PROXY_COUNT <= len(hops):
        address = hops[-settings.TRUSTED_PROXY_COUNT]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
