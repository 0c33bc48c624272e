"""The tables of config.toml as pydantic reads them; unknown keys are errors."""

from datetime import time, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from scheduler.config.durations import clock_range, clock_time, duration

_COLOUR = r"^#[0-9a-fA-F]{6}$"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _zone(name: object) -> object:
    try:
        ZoneInfo(str(name))
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"“{name}” is not a time zone; write one like Europe/Berlin or America/Los_Angeles") from error
    return name


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        return duration(value)
    raise ValueError(f'{value} of what? A length of time is written with its unit and in quotes: "30m", "2h" or "45s"')


_APPROVALS = frozenset({"optional", "one", "two", "named"})
"""Are the kinds of approval to come; who asks for one must not believe that anything waits for it."""


def _range(value: object) -> object:
    if value is None or isinstance(value, tuple):
        return value
    if isinstance(value, str) and value.strip().casefold() == "none":
        return None
    if isinstance(value, str):
        return clock_range(value)
    raise ValueError('quiet hours are written "22:00-07:00"')


def _no_approval(value: object) -> object:
    if value in _APPROVALS:
        told = 'approvals cannot be recorded yet, so no post would wait for one: write approval = "none"'
        raise ValueError(f"{told}, and  hold-until: approved  in the posts that are to wait")
    return value


def _times(value: object) -> object:
    return tuple(_time(item) for item in value) if isinstance(value, list) else value


def _time(value: object) -> time:
    if isinstance(value, time):
        return value
    if isinstance(value, str):
        return clock_time(value)
    raise ValueError(f'{value} is not a time of day; write "09:30"')


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Most = Annotated[int, Field(ge=0)]
Quiet = Annotated[tuple[time, time] | None, BeforeValidator(_range)]
Late = Annotated[str, Field(pattern="^(hold|skip|publish)$")]
Colour = Annotated[str, Field(pattern=_COLOUR)]
Times = Annotated[tuple[time, ...], BeforeValidator(_times)]


class Table(BaseModel):
    """Is a table whose every key is known."""

    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class OrganisationTable(Table):
    """Is ``[organisation]``."""

    name: Annotated[str, Field(min_length=1)]
    timezone: Annotated[str, BeforeValidator(_zone)] = "UTC"
    languages: Annotated[list[str], BeforeValidator(_one_or_many), Field(min_length=1)] = ["en"]
    link_in_bio: str = ""
    website: str = ""


class AccountTable(BaseModel):
    """Is ``[accounts.NAME]``; the network's own keys are checked against the network."""

    model_config = ConfigDict(extra="allow", frozen=True)

    network: str
    live: Annotated[bool, Field(strict=True)] = False
    handle: str = ""
    language: str = ""
    languages: Annotated[str, Field(pattern="^(one|thread)$")] = "one"
    hand_over: Duration = timedelta(0)


class LateAfterTable(Table):
    """Is ``late_after`` where it is another for each kind of post: the names are those of Kind."""

    post: Duration = timedelta(minutes=30)
    event: Duration = timedelta(minutes=30)
    evergreen: Duration = timedelta(minutes=30)


class LateTable(Table):
    """Is ``late`` where it is another for each kind of post: the names are those of Kind."""

    post: Late = "hold"
    event: Late = "hold"
    evergreen: Late = "hold"


def _form(value: object) -> str:
    return "by kind" if isinstance(value, dict | Table) else "for all"


BY_KIND = ("late_after", "late")
"""The settings of ``[policy]`` that take one value for all or a table; the place of a mistake in them names that form as a step."""
_FORM = Discriminator(_form)


class PolicyTable(Table):
    """Is ``[policy]``."""

    late_after: Annotated[Annotated[Duration, Tag("for all")] | Annotated[LateAfterTable, Tag("by kind")], _FORM] = timedelta(minutes=30)
    late: Annotated[Annotated[Late, Tag("for all")] | Annotated[LateTable, Tag("by kind")], _FORM] = "hold"
    catch_up_gap: Duration = timedelta(minutes=5)
    most_per_hour: Most = 0
    minimum_gap: Duration = timedelta(0)
    quiet_hours: Quiet = None
    approval: Annotated[str, BeforeValidator(_no_approval), Field(pattern="^(none)$")] = "none"
    settle: Duration = timedelta(seconds=2)
    quiet_before_publish: Duration = timedelta(minutes=2)


PACE = ("minimum_gap", "quiet_hours", "most_per_hour")
"""The settings of ``[policy]`` that an account may have of its own, in its slots."""


class SlotsTable(Table):
    """Is ``[slots.NAME]``: times of the day for each weekday, or for ``daily``, and how fast the account may post."""

    daily: Times = ()
    monday: Times = ()
    tuesday: Times = ()
    wednesday: Times = ()
    thursday: Times = ()
    friday: Times = ()
    saturday: Times = ()
    sunday: Times = ()
    minimum_gap: Duration = timedelta(0)
    quiet_hours: Quiet = None
    most_per_hour: Most = 0

    def by_weekday(self) -> dict[int, tuple[time, ...]]:
        """Returns the times of each weekday in order, 0 for Monday."""
        return {number: tuple(sorted({*self.daily, *getattr(self, day)})) for number, day in enumerate(_DAYS)}

    def own_pace(self) -> dict[str, Any]:
        """Returns what the table says of the pace of accounts; what it does not say comes from elsewhere."""
        return {name: getattr(self, name) for name in PACE if name in self.model_fields_set}


class BrandTable(Table):
    """Is ``[brand]``."""

    primary: Colour = "#7a1420"
    dark: Colour = "#1d070b"
    accent: Colour = "#ffd400"
    light: Colour = "#ffffff"
    font: str = "Inter"
    logo: str = ""


class DatabaseTable(Table):
    """Is ``[database]``."""

    url: str = ""
    fleet: bool = False


_MEDIA_KEYS = {
    "own": ({"public_url"}, {"listen"}),
    "s3": ({"bucket", "endpoint_url"}, {"public_url", "region", "prefix", "acl"}),
}
_LIBRARY_KEYS = ({"account"}, set[str]())


class MediaTable(Table):
    """Is ``[media]``: where networks can fetch pictures; a ``host`` that is neither own nor s3 is a network with a media library."""

    host: Annotated[str, Field(pattern="^[a-z0-9]*$")] = ""
    listen: str = ""
    public_url: str = ""
    bucket: str = ""
    endpoint_url: str = ""
    region: str = ""
    prefix: str = ""
    acl: str = ""
    account: str = ""

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        """Holds each kind of place to its own keys."""
        given = {name for name, value in self.model_dump().items() if value and name != "host"}
        if not self.host:
            if given:
                raise ValueError('[media] needs host: write host = "own", host = "s3", or the network of a website with a media library')
            return self
        needed, possible = _MEDIA_KEYS.get(self.host, _LIBRARY_KEYS)
        if needed - given:
            raise ValueError(f"[media] with host = “{self.host}” needs {' and '.join(sorted(needed - given))}")
        if given - needed - possible:
            raise ValueError(f"[media] with host = “{self.host}” has no use for {' and '.join(sorted(given - needed - possible))}")
        return self


class ConfigFile(Table):
    """Is the whole of config.toml."""

    organisation: OrganisationTable
    accounts: dict[str, AccountTable] = Field(default_factory=dict)
    slots: dict[str, SlotsTable] = Field(default_factory=dict)
    policy: PolicyTable = PolicyTable()
    brand: BrandTable = BrandTable()
    media: MediaTable = MediaTable()
    preview: dict[str, str | int | bool] = Field(default_factory=dict)
    archive: dict[str, str | int | bool] = Field(default_factory=dict)
    database: DatabaseTable = DatabaseTable()
