"""The errors of Meta's Graph API, sorted by what they mean for a post.

Sources: "Error Codes" of the content publishing API (2026-06-02) and "Error handling" of the Graph API. The subcodes of Pages are those
that publishing clients know (gitroomhq/postiz-app, 2026-08-21); no page of Meta's was found that lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from scheduler.model.outcome import Refused
from scheduler.model.plain import line
from scheduler.publishers.error_form import ErrorForm
from scheduler.publishers.fields import number, words

_LONGEST_SAYING = 300
ERRORS = ErrorForm(fields=("error",))


@dataclass(frozen=True, slots=True)
class _Class:
    kind: str
    permanent: bool
    wait: timedelta | None
    sentence: str

    def refusal(self, title: str) -> Refused:
        """Returns it in words."""
        return Refused(self.sentence.format(title=title), permanent=self.permanent, retry_after=self.wait, kind=self.kind)


_SOON, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def _later(sentence: str, wait: timedelta = _SOON) -> _Class:
    return _Class("", permanent=False, wait=wait, sentence=sentence)


def _rate(sentence: str, wait: timedelta = _HOUR) -> _Class:
    return _Class("rate", permanent=False, wait=wait, sentence=sentence)


def _final(kind: str, sentence: str) -> _Class:
    return _Class(kind, permanent=True, wait=None, sentence=sentence)


def _account(kind: str, sentence: str) -> _Class:
    """Is trouble with the account and not with the post, which may be sent once a person has seen to it."""
    return _Class(kind, permanent=False, wait=_HOUR, sentence=sentence)


_SIGN_IN = (
    "{title} does not accept the account’s access token: it has ended, was taken back or mistyped. Connect the account with a new one."
)
_RESTRICTED = "{title} restricts this account; nothing more is sent until a person has looked at it in the app."
_UNFIT = "{title} does not take the picture: "
_NO_FORMAT = "it is not in a format that it knows, or its address shows something else; try  scheduler accounts test."
_NOT_FETCHED = "{title} could not fetch the picture from its address; what is not reachable says  scheduler accounts test."
_TOO_SLOW = "{title} waited too long for the picture at its address; try it with  scheduler accounts test."

_SUBCODES: Mapping[int, _Class] = {
    2207003: _later(_TOO_SLOW),
    2207020: _later("{title} has forgotten the picture; it is handed over again."),
    2207001: _later("{title} has trouble of its own."),
    2207032: _later("{title} could not take the picture just now."),
    2207053: _later("{title} could not take the upload just now."),
    2207006: _later("{title} cannot find what was handed over; it is handed over again."),
    2207008: _later("{title} has not got what was handed over yet, or has forgotten it."),
    2207027: _later("{title} is still working on the picture.", timedelta(seconds=30)),
    2207042: _rate("{title} takes no more posts of this account today.", _HOUR),
    2207051: _account("restricted", _RESTRICTED),
    2207050: _account("restricted", _RESTRICTED),
    2207057: _final("content", "{title} does not take the moment of the video that was chosen as its cover."),
    2207028: _final("content", "{title} does not take this number of pictures in one post."),
    2207040: _final("content", "{title} takes no more than 20 mentions in a post."),
    2207010: _final("content", "The text is too long for {title}."),
    2207026: _final("media", "{title} does not take this format of video."),
    2207023: _final("media", "{title} does not know this kind of picture or film."),
    2207082: _later("{title} could not take the upload just now."),
    2207085: _later("{title} could not work on the film just now."),
    # The post is not to blame: the place for pictures may be there again in a while.
    2207052: _later(_NOT_FETCHED, timedelta(minutes=5)),
    2207004: _final("media", _UNFIT + "it is larger than 8 MB."),
    2207005: _final("media", _UNFIT + _NO_FORMAT),
    2207009: _final("media", _UNFIT + "its shape is too tall or too wide."),
    1366046: _final("media", _UNFIT + "it must be smaller than 4 MB, as JPEG or PNG."),
    1390008: _rate("{title} says that this account posts too fast."),
    1346003: _final("content", "{title} has been told that this content is abusive."),
    1404006: _account("restricted", "{title} wants a security check of this account first."),
    1404102: _final("content", "{title} says that the post goes against its community standards."),
    1404078: _account("auth", "{title} wants this Page authorised for publishing first (Page Publishing Authorization)."),
    1366051: _Class("duplicate", permanent=False, wait=_SOON, sentence="{title} says that these pictures were posted already."),
    1609008: _final("content", "{title} does not take links to itself."),
    1363047: _later("{title} has trouble of its own."),
    1609010: _later("{title} has trouble of its own."),
    4854002: _account("restricted", "{title} wants the identity of this account confirmed first."),
    4279013: _account("restricted", _RESTRICTED),
    2069019: _final("media", _UNFIT + "it cannot be read."),
    460: _account("auth", "The password of the account was changed, so {title} has ended the access: connect the account again."),
    463: _account("auth", "The account’s access to {title} has expired: connect the account again."),
    458: _account("auth", "The app was removed from the account at {title}: connect the account again."),
    467: _account("auth", _SIGN_IN),
    459: _account("restricted", "{title} wants the account’s owner to sign in there once before anything more is sent."),
    464: _account("restricted", "{title} wants the account confirmed first: sign in there."),
    492: _account("auth", "Whoever made the token has no role at this Page any more: connect the account again."),
}

_CODES: Mapping[int, _Class] = {
    190: _account("auth", _SIGN_IN),
    102: _account("auth", _SIGN_IN),
    10: _account("auth", "{title} has not permitted this app to publish for the account: connect the account again with all permissions."),
    4: _rate("{title} has had too many calls."),
    17: _rate("{title} has had too many calls from this account."),
    32: _rate("{title} has had too many calls for this Page."),
    613: _rate("{title} has had too many calls."),
    341: _rate("{title} has had too many calls from this app."),
    368: _account("restricted", _RESTRICTED),
    3: _account("auth", "{title} has not given this app what publishing takes: see what it may do in Meta’s app dashboard."),
    2500: _account("auth", "{title} does not know this address: see that graph_url and graph_version of the account are right."),
    1609005: _final("content", "{title} could not look at the link of the post: see that its page is there for everybody."),
    9: _rate("{title} takes no more posts of this account today."),
    1: _later("{title} has trouble of its own."),
    2: _later("{title} has trouble of its own."),
    -1: _later("{title} has trouble of its own."),
    -2: _later(_TOO_SLOW),
    9007: _later("{title} is still working on the picture.", timedelta(seconds=30)),
    9004: _SUBCODES[2207052],
    36000: _SUBCODES[2207004],
    36001: _SUBCODES[2207005],
    36003: _SUBCODES[2207009],
    36004: _SUBCODES[2207010],
    506: _Class("duplicate", permanent=False, wait=_SOON, sentence="{title} says that this was posted a moment ago."),
}
# Some errors have no number of their own: "IG User Media" (location_id), "Posts" of the Threads API (links).
_NAMES: Mapping[str, _Class] = {
    "INVALID_LOCATION_ID": _final("content", "{title} knows no place of this number: it takes that of a Page with an address."),
    "LINK_LIMIT_EXCEEDED": _final("content", "{title} takes no more than five different links in a post."),
}
_GONE = _account(
    "auth",
    "{title} does not find what it is asked for, or does not show it to this token: see that the account’s number is right, and whose"
    " token it is.",
)
_NO_PERMISSION, _PERMISSIONS = 10, range(200, 300)
_BUSINESS_RATES = range(80_000, 80_015)
_SERVER_TROUBLE = frozenset({-2, -1, 1, 2})


@dataclass(frozen=True, slots=True)
class GraphError:
    """Is the envelope of an error: its numbers, the words that Meta means for people, and those it means for programs.

    ``passes`` is what the network itself says: that the same call may be made again.
    """

    code: int = 0
    subcode: int = 0
    words: str = ""
    name: str = ""
    passes: bool = False

    @classmethod
    def read(cls, body: object) -> "GraphError":
        """Returns the error in a body; one with no numbers where the body is none of Meta's."""
        found: Any = body.get("error") if isinstance(body, Mapping) else None
        if not isinstance(found, Mapping):
            return cls()
        name = line(words(found, "message"), _LONGEST_SAYING)
        said = line(words(found, "error_user_msg"), _LONGEST_SAYING) or name
        return cls(number(found, "code") or 0, number(found, "error_subcode") or 0, said, name, found.get("is_transient") is True)

    @property
    def says_nothing(self) -> bool:
        """Tells whether the error leaves open if the call took effect: trouble inside the network, known or said to be passing."""
        return self.code in _SERVER_TROUBLE or self.code == 0 or (self.passes and self._class() is None)

    @property
    def is_forbidden(self) -> bool:
        """Tells whether the token, or the app that made it, lacks a permission."""
        return self.code == _NO_PERMISSION or self.code in _PERMISSIONS

    @property
    def is_gone(self) -> bool:
        """Tells whether the thing asked for does not exist, or not for us."""
        return (self.code, self.subcode) == (100, 33)

    def refusal(self, title: str) -> Refused:
        """Returns what the error means for a post."""
        found = self._class()
        if found is not None:
            return found.refusal(title)
        said = self.words.strip().rstrip(".")
        if self.passes or not said:
            # What is refused for good is refused with a reason that a person can read.
            return Refused(f"{title} has trouble of its own: {said or 'it does not say which'}.", permanent=False, retry_after=_SOON)
        return Refused(f"{title} refuses the post: {said}.", kind="content")

    def _class(self) -> _Class | None:
        if self.is_gone:
            return _GONE
        return _SUBCODES.get(self.subcode) or _CODES.get(self.code) or _SUBCODES.get(self.code) or _by_range(self.code) or self._named()

    def _named(self) -> _Class | None:
        return next((found for name, found in _NAMES.items() if name in self.name), None)


def by_subcode(title: str, subcode: int) -> Refused | None:
    """Returns what a subcode means wherever it stands; None for one that no page names."""
    found = _SUBCODES.get(subcode)
    return found.refusal(title) if found else None


def _by_range(code: int) -> _Class | None:
    if code in _PERMISSIONS:
        return _CODES[_NO_PERMISSION]
    return _CODES[4] if code in _BUSINESS_RATES else None
