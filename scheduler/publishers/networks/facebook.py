"""Facebook Pages: what a post of a Page may be. Sending comes with the network's own publisher."""

from scheduler.model.network import Abilities, Limits, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter

# Text: 63,206 characters is what Facebook announced in 2011 and clients still use (checked 2026-08); Meta's reference names no number.
# Pictures: Meta for Developers, "Page Photos" reference (Graph API v25.0, read 2026-09): JPEG, PNG, GIF, BMP or TIFF up to 4 MB.
# Ten pictures is the limit of Meta's own composer for one post; alt_text_custom has no documented limit, so Instagram's is kept.
_LIMITS = Limits(
    text=63_206,
    pictures=10,
    picture_bytes=4_000_000,
    formats=("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff"),
    alt=1_000,
)

NETWORK = Adapter(
    Network(
        name="facebook",
        title="Facebook",
        limits=_LIMITS,
        abilities=Abilities(recovery=Recovery.TWO_PHASE, link_card=True),
        settings=(
            Setting("page_id", "The number of the Page."),
            Setting("graph_url", "Where Meta's Graph API answers.", default="https://graph.facebook.com"),
        ),
        graphic_format="4:5",
    ),
    connect=None,
)
