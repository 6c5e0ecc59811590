"""A second factor that is being set up, as an authenticator app can take it over."""

from typing import Any

from segno import make as qr_code


def scannable(device: Any) -> dict[str, str]:
    """Return the QR code of an unconfirmed device, and its secret in groups of four for typing."""
    code = qr_code(device.config_url, error="m", micro=False)
    secret = device.config_url.split("secret=", 1)[1].split("&", 1)[0]
    return {
        "qr_code": code.svg_data_uri(scale=4, border=2, dark="#0f172a", light="#fff"),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
    }
