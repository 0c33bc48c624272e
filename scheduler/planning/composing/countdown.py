"""How many days are left until an event, in the words of a language: ``12 days``, ``Tomorrow``, ``Today``.

The words for today and tomorrow are those of CLDR's fields ``day`` with the relative types 0 and 1, which babel does not carry;
plurals and their grammar are babel's.
"""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta

from scheduler.model.delivery import Delivery
from scheduler.planning.composing import dates
from scheduler.planning.context import Context

_NEVER_WEEKS: Final = 10**9
# CLDR counts stretches of 24 hours in these, where people count days.
_BY_DAY: Final = {"nb": "dager", "no": "dager", "sv": "dagar"}
_NEAR: Final = {
    "am": ("ዛሬ", "ነገ"),
    "ar": ("اليوم", "غدًا"),
    "bg": ("Днес", "Утре"),
    "bn": ("আজ", "আগামীকাল"),
    "ca": ("Avui", "Demà"),
    "cs": ("Dnes", "Zítra"),
    "da": ("I dag", "I morgen"),
    "de": ("Heute", "Morgen"),
    "el": ("Σήμερα", "Αύριο"),
    "en": ("Today", "Tomorrow"),
    "es": ("Hoy", "Mañana"),
    "eu": ("Gaur", "Bihar"),
    "fa": ("امروز", "فردا"),
    "fi": ("Tänään", "Huomenna"),
    "fil": ("Ngayong araw", "Bukas"),
    "fr": ("Aujourd’hui", "Demain"),
    "he": ("היום", "מחר"),
    "hi": ("आज", "कल"),
    "hr": ("Danas", "Sutra"),
    "hu": ("Ma", "Holnap"),
    "id": ("Hari ini", "Besok"),
    "it": ("Oggi", "Domani"),
    "ja": ("今日", "明日"),
    "ko": ("오늘", "내일"),
    "nb": ("I dag", "I morgen"),
    "nl": ("Vandaag", "Morgen"),
    "nn": ("I dag", "I morgon"),
    "no": ("I dag", "I morgen"),
    "pl": ("Dzisiaj", "Jutro"),
    "pt": ("Hoje", "Amanhã"),
    "ro": ("Azi", "Mâine"),
    "ru": ("Сегодня", "Завтра"),
    "sk": ("Dnes", "Zajtra"),
    "sl": ("Danes", "Jutri"),
    "so": ("Maanta", "Berri"),
    "sq": ("Sot", "Nesër"),
    "sr": ("Данас", "Сутра"),
    "sv": ("I dag", "I morgon"),
    "sw": ("Leo", "Kesho"),
    "th": ("วันนี้", "พรุ่งนี้"),
    "tr": ("Bugün", "Yarın"),
    "uk": ("Сьогодні", "Завтра"),
    "ur": ("آج", "آئندہ کل"),
    "vi": ("Hôm nay", "Ngày mai"),
    "zh": ("今天", "明天"),
}


def days_left(delivery: Delivery, context: Context) -> int | None:
    """Returns the days from the delivery's own time to the event, by the calendar of the event's place; None once it has begun."""
    event = delivery.post.event
    if event is None:
        return None
    zone = event.timezone or context.zone(delivery.post)
    then = delivery.due.utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return None if then >= event.starts else _days(then, event.starts)


def _days(then: datetime, starts: datetime) -> int:
    return (starts.date() - then.date()).days


def in_words(left: int, day: date, language: str) -> str:
    """Returns how many days are left until ``day``.

    Where the language's words for today and tomorrow are not known here, today is the day itself and tomorrow is one day.
    """
    words = _NEAR.get(dates.locale_of(language).language)
    if left <= 1 and words is not None:
        return words[left]
    if left == 0:
        return dates.day_and_month(day, language)
    if dates.locale_of(language).language in _BY_DAY and left > 1:
        return f"{left} {_BY_DAY[dates.locale_of(language).language]}"
    return format_timedelta(timedelta(days=left), granularity="day", threshold=_NEVER_WEEKS, locale=dates.locale_of(language))
