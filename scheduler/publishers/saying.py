"""Says in words what went wrong with a connection."""

from scheduler.publishers.addresses import UnsafeAddress

UNFIT = "Illegal header value"
_SAYINGS: tuple[tuple[str, str], ...] = (
    ("CERTIFICATE_VERIFY_FAILED", "the certificate of {host} cannot be trusted"),
    ("SSL", "{host} does not speak an encryption that we do"),
    ("Name or service not known", "there is no address for {host}; is the name right, and this machine online?"),
    ("nodename nor servname", "there is no address for {host}; is the name right, and this machine online?"),
    ("name resolution", "the name server does not answer; is this machine online?"),
    ("Connection refused", "{host} refuses the connection"),
    ("unreachable", "there is no way to {host} from here"),
    ("timed out", "{host} does not answer"),
    ("disconnected without", "{host} ended the connection without an answer"),
    ("reset by peer", "{host} broke off the connection"),
    (UNFIT, "the account’s secret holds a letter or a line break that no secret has; copy it anew"),
    ("the answer is too long", "{host} answers without end"),
    ("the answer never ends", "{host} answers without end"),
    ("the upload never ends", "{host} takes what is sent too slowly"),
)


def in_words(error: Exception, host: str) -> str:
    """Returns what went wrong without numbers and addresses of the system's own."""
    if isinstance(error, UnsafeAddress):
        return error.message.rstrip(".")
    text = f"{error} {error.__cause__ or ''}"
    found = next((saying for mark, saying in _SAYINGS if mark in text), None)
    return (found or f"the connection to {{host}} failed ({type(error).__name__})").format(host=host)
