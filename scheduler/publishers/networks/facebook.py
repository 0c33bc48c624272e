"""Facebook Pages: what a post of a Page may be. Sending comes with the network's own publisher."""

from scheduler.model.network import Abilities, Limits, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter

# Text: 63,206 characters is what publishing clients use (gitroomhq/postiz-app, 2026-08-21); no page of Meta's was found that says it.
# Pictures: Meta for Developers, "Page Photos" reference (as quoted in 2026): JPEG, PNG, GIF, BMP or TIFF up to 4 MB; other pages say 10.
# Ten pictures is what clients allow, not a documented limit; neither is that of alt_text_custom, so Instagram's is kept.
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
        abilities=Abilities(recovery=Recovery.TWO_PHASE, link_card=True, first_comment=True, stories=True),
        settings=(
            Setting("page_id", "The number of the Page."),
            Setting("graph_url", "Where Meta's Graph API answers.", default="https://graph.facebook.com"),
        ),
        graphic_format="4:5",
    ),
    connect=None,
)
