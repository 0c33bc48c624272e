"""Which pictures a delivery needs, before anything is drawn or measured."""

from scheduler.model.delivery import Delivery
from scheduler.model.graphic import GraphicRequest
from scheduler.model.network import Account
from scheduler.model.post import MediaRef, Part, Post, Variant
from scheduler.planning.composing.lettering import emblems, fields, offered
from scheduler.planning.context import Context, PictureRequest
from scheduler.planning.targets import language_in, same_language, setting, translations

REPLY = "reply"


def own_media(delivery: Delivery) -> tuple[MediaRef, ...]:
    """Returns the pictures that the author put into the text: the section's own, else those of the part."""
    variant = delivery.variant
    if variant.media is not None:
        return variant.media
    # A section that asks for a graphic of its own does not mean the picture that everybody else gets.
    return () if variant.settings.get("graphic") else delivery.part.default.media or ()


def template_of(delivery: Delivery) -> str:
    """Returns the template that the delivery names, empty where it names none."""
    return setting(delivery.post, delivery.part, delivery.variant, "graphic") or ""


def graphic_for(delivery: Delivery, context: Context) -> GraphicRequest | None:
    """Returns the graphic to draw, where a template is named and the author put no picture into the text."""
    template = template_of(delivery)
    if not template or own_media(delivery):
        return None
    language = language_of(delivery, context)
    return GraphicRequest(
        template=template,
        format="story" if delivery.story else context.network(delivery.account).graphic_format,
        fields=fields(delivery, context, language),
        language=language,
        offered=offered(delivery, context, language),
        partners=emblems(delivery, context),
    )


def wanted(delivery: Delivery, context: Context) -> tuple[PictureRequest, ...]:
    """Returns everything that must be measured or drawn before the delivery can be composed."""
    graphic = graphic_for(delivery, context)
    files = dict.fromkeys(media.path for media in named_media(delivery, context) if media.path is not None)
    return (*((graphic,) if graphic is not None else ()), *files)


def named_media(delivery: Delivery, context: Context) -> tuple[MediaRef, ...]:
    """Returns every picture that the author named and that is sent: those of the post, then those of its answers."""
    own = () if graphic_for(delivery, context) is not None else own_media(delivery)
    return (*own, *(media for texts in further_texts(delivery, context) for variant in texts for media in variant.media or ()))


def further_texts(delivery: Delivery, context: Context) -> tuple[tuple[Variant, ...], tuple[Variant, ...]]:
    """Returns what follows the post as a thread: its text in other languages, where the account sends those, and the author's answers."""
    if delivery.story:
        return (), ()
    part = delivery.part
    answers = part.along(delivery.variant, REPLY)
    others = other_languages(delivery.post, part, delivery.variant, delivery.account, context)
    further = (reply for text in others if text.source for reply in part.along(text, REPLY) if reply.source)
    return others, (*answers, *further)


def other_languages(post: Post, part: Part, variant: Variant, account: Account, context: Context) -> tuple[Variant, ...]:
    """Returns the texts in further languages that the account sends as answers to its own; none for most accounts."""
    if not account.thread:
        return ()
    language = language_in(post, part, variant, context)
    found = (part.written_in(text.source).get(account.network, text) if text.source else text for _, text in translations(part))
    texts = (part.default, *found)
    return tuple(text for text in texts if not same_language(language_in(post, part, text, context), language))


def language_of(delivery: Delivery, context: Context) -> str:
    """Returns the language tag of the delivery's text."""
    return language_in(delivery.post, delivery.part, delivery.variant, context)
