"""What a graphic may say of a post: words in the post's language, and the organisations that it is of."""

from typing import Final

from scheduler.model.delivery import Delivery
from scheduler.model.graphic import Emblem
from scheduler.planning.composing import dates
from scheduler.planning.composing.countdown import days_left, in_words
from scheduler.planning.context import Context

_FAR: Final = 180


def fields(delivery: Delivery, context: Context, language: str) -> tuple[tuple[str, str], ...]:
    """Returns the fields that every template knows; what is empty is left out."""
    post, event = delivery.post, delivery.post.event
    title = event.title if event else delivery.variant.settings.get("title") or post.title
    found = {"title": title, "organisation": context.config.organisation.name}
    if event is not None:
        day = event.starts.date()
        found |= {
            "weekday": dates.weekday(day, language),
            "day": str(day.day),
            "month": dates.month_short(day, language),
            "time": dates.time_of_day(event.starts.time(), language),
            "place": event.place,
            "access": event.access,
        }
    return tuple((name, value) for name, value in found.items() if value)


def offered(delivery: Delivery, context: Context, language: str) -> tuple[tuple[str, str], ...]:
    """Returns further fields, which a template may leave: ``left`` until the event, its ``date`` in full, and all ``organisations``."""
    event, found = delivery.post.event, {}
    if event is not None:
        left, day = days_left(delivery, context), event.starts.date()
        found["date"] = dates.whole_day(day, language, with_year=left is not None and left > _FAR)
        found["left"] = in_words(left, day, language) if left is not None else ""
    if partners := emblems(delivery, context):
        names = [context.config.organisation.name, *(partner.name for partner in partners)]
        found["organisations"] = dates.listed([name for name in names if name], language)
    return tuple((name, value) for name, value in found.items() if value)


def emblems(delivery: Delivery, context: Context) -> tuple[Emblem, ...]:
    """Returns the post's partners in the order in which it names them."""
    root = context.config.folder
    done = []
    for name in dict.fromkeys(delivery.post.partners):
        partner = context.partners.get(name)
        if partner is None:
            done.append(Emblem(key=name, name=name))
            continue
        done.append(
            Emblem(
                key=name,
                name=partner.title or name,
                logo=f"{root}/{partner.logo}" if partner.logo else "",
                logo_dark=f"{root}/{partner.logo_dark}" if partner.logo_dark else "",
                minimum_width=partner.minimum_width,
                clear_space=partner.clear_space,
            )
        )
    return tuple(done)
