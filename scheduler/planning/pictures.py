"""Which pictures a delivery needs, before anything is drawn or measured."""

from scheduler.model.delivery import Delivery
from scheduler.model.graphic import GraphicRequest
from scheduler.model.post import MediaRef
from scheduler.planning import dates
from scheduler.planning.context import Context, PictureRequest
from scheduler.planning.targets import setting


def own_media(delivery: Delivery) -> tuple[MediaRef, ...]:
    """Returns the pictures that the author put into the text: the section's own, else those of the part."""
    if delivery.variant.media is not None:
        return delivery.variant.media
    return delivery.part.default.media or ()


def graphic_for(delivery: Delivery, context: Context) -> GraphicRequest | None:
    """Returns the graphic to draw, where a template is named and the author put no picture into the text."""
    template = setting(delivery.post, delivery.part, delivery.variant, "graphic")
    if not template or own_media(delivery):
        return None
    return GraphicRequest(
        template=template,
        format=context.network(delivery.account).graphic_format,
        fields=tuple((name, value) for name, value in _fields(delivery, context).items() if value),
        language=language_of(delivery, context),
    )


def wanted(delivery: Delivery, context: Context) -> tuple[PictureRequest, ...]:
    """Returns everything that must be measured or drawn before the delivery can be composed."""
    graphic = graphic_for(delivery, context)
    if graphic is not None:
        return (graphic,)
    return tuple(media.path for media in own_media(delivery) if media.path is not None)


def language_of(delivery: Delivery, context: Context) -> str:
    """Returns the language tag of the delivery's text."""
    return setting(delivery.post, delivery.part, delivery.variant, "lang") or context.config.organisation.languages[0]


def _fields(delivery: Delivery, context: Context) -> dict[str, str]:
    post, event, language = delivery.post, delivery.post.event, language_of(delivery, context)
    fields = {"title": event.title if event else post.title, "organisation": context.config.organisation.name}
    if event is not None:
        day = event.starts.date()
        fields |= {
            "weekday": dates.weekday(day, language),
            "day": str(day.day),
            "month": dates.month_short(day, language),
            "time": dates.time_of_day(event.starts.time(), language),
            "place": event.place,
            "access": event.access,
        }
    return fields
