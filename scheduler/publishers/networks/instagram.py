"""Instagram: what a feed post may be. Sending comes with the network's own publisher."""

from scheduler.model.network import Abilities, Limits, Network, Recovery, Setting
from scheduler.publishers.contract import Adapter

# Meta for Developers, "Content Publishing" guide (Graph API v25.0) and the media reference (2026-09-28, as quoted by others): caption 2,200
# characters, 30 hashtags, alt_text 1,000, JPEG only, ratio 4:5 to 1.91:1, a carousel of up to 10.
# "Error Codes" page (2026-06-02): 36000/2207004 refuses pictures above 8 MiB.
# The unit of "characters" is not documented: code points are never fewer than what a reader counts.
# Five hashtags: Instagram's announcement of 2025/26 as the press quotes it; whether the API refuses a sixth is not verified.
_LIMITS = Limits(
    text=2_200,
    pictures=10,
    picture_required=True,
    picture_bytes=8 * 1024 * 1024,
    formats=("image/jpeg",),
    ratio=(4 / 5, 1.91),
    alt=1_000,
    hashtags=30,
    hashtags_advised=5,
)

NETWORK = Adapter(
    Network(
        name="instagram",
        title="Instagram",
        limits=_LIMITS,
        abilities=Abilities(recovery=Recovery.TWO_PHASE, links_clickable=False, first_comment=True, stories=True, collaborators=True),
        settings=(
            Setting("user_id", "The number of the professional account, as Meta's app dashboard shows it."),
            Setting("graph_url", "Where Meta's Graph API answers.", default="https://graph.instagram.com"),
        ),
        graphic_format="4:5",
    ),
    connect=None,
)
